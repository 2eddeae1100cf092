using Serai.Abi;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>The running guest's segment bases, which live in the processor.</summary>
public static class GuestSegments
{
    /// <summary>The FS base.</summary>
    public static ulong FsBase => Instructions.ReadMsr(Segments.FsBase);

    /// <summary>The GS base of the present mode.</summary>
    public static ulong GsBase => Instructions.ReadMsr(Segments.GsBase);

    /// <summary>The GS base of the other mode.</summary>
    public static ulong InactiveGsBase => Instructions.ReadMsr(Segments.InactiveGsBase);

    /// <summary>The linear address of an instruction's memory operand; bases are read only where a segment prefix asks for one.</summary>
    public static ulong AddressOf(in Instruction instruction, in Registers registers) => instruction.Memory.Segment switch
    {
        SegmentOverride.Fs => instruction.EffectiveAddress(registers, FsBase, 0),
        SegmentOverride.Gs => instruction.EffectiveAddress(registers, 0, GsBase),
        _ => instruction.EffectiveAddress(registers, 0, 0),
    };

    /// <summary>
    /// A base of HYPERVISOR_set_segment_base (ABI 04 §4.10). Errors: Inval. Hypercalls come from the kernel, whose GS base is live.
    /// </summary>
    public static Errno SetBase(SegmentBase which, ulong value)
    {
        uint register = which == SegmentBase.Fs ? Segments.FsBase : which == SegmentBase.GsUser ? Segments.InactiveGsBase : Segments.GsBase;
        if (!Layout.IsCanonical(value))
            return Errno.Inval;
        Instructions.WriteMsr(register, value);
        return Errno.None;
    }

    /// <summary>
    /// What else it sets: the applications' GS by its selector, which becomes null where the processor refuses it. The load is the hypervisor's own,
    /// whose fault shows no page of the LDT: the one that the selector lies in is shown before. Errors: Inval for what there is not.
    /// </summary>
    public static Errno SetOther(ref VirtualCpu vcpu, SegmentBase which, ulong value)
    {
        if (which != SegmentBase.GsUserSelector)
            return Errno.Inval;
        ushort selector = unchecked((ushort)value);
        LocalDescriptors.ShowSelected(ref vcpu, selector);
        Segments.LoadInactiveGs(selector);
        return Errno.None;
    }
}
