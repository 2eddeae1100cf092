using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>HYPERVISOR_update_va_mapping: one L1 entry of the present address space, by address (ABI 02 §2.6.7).</summary>
public static class UpdateVaMappingCall
{
    /// <summary>RDI: address, RSI: entry, RDX: flush flags. Errors: Inval, Perm.</summary>
    public static long Perform(ref VirtualCpu vcpu)
        => Update(ref vcpu, vcpu.Domain.Id);

    /// <summary>The same with R10: the domain that the mapped frame belongs to. Errors: also Perm, Srch.</summary>
    public static long PerformOther(ref VirtualCpu vcpu)
    {
        Errno error = ForeignDomain.FindOwner(ref vcpu, (ushort)(vcpu.Registers.R10 & 0xffff), out ushort mapped);
        return error == Errno.None ? Update(ref vcpu, mapped) : CallResult.Error(error);
    }

    private static long Update(ref VirtualCpu vcpu, ushort owner)
    {
        ref Registers registers = ref vcpu.Registers;
        var address = new GuestAddress(registers.Rdi);
        EntryPlace place = Level1Entries.Find(vcpu.KernelRoot, address);
        if (place.IsNowhere)
            return CallResult.Error(Errno.Inval);
        Errno error = Level1Entries.Replace(ref place.Slot, registers.Rsi, 0, owner, ref vcpu.Domain);
        if (error == Errno.None)
            return registers.Rdx == (ulong)UpdateVaFlags.None ? 0 : CallResult.Error(Flush(ref vcpu, address, registers.Rdx));
        return Refused(ref vcpu, error);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Refused(ref VirtualCpu vcpu, Errno error)
    {
        if (!vcpu.Domain.Memory.Unfinished.IsEmpty)
        {
            // What is refused may be so only because a tree is still being taken apart.
            PartlyValidated.Finish(ref vcpu.Domain);
            return CallResult.Again;
        }
        ulong entry = vcpu.Registers.Rsi;
        Refusal.Tell(vcpu.Domain, "update_va_mapping"u8, error, PageTableEntry.FrameOf(entry), entry);
        return CallResult.Outcome(error);
    }

    private static Errno Flush(ref VirtualCpu vcpu, GuestAddress address, ulong flags)
    {
        const ulong targetMask = ~(ulong)UpdateVaFlags.FlushTypeMask;
        // As in Xen: who asks for no flush, or for one that there is not, names nobody.
        if ((flags & (ulong)UpdateVaFlags.FlushTypeMask) is 0 or (ulong)UpdateVaFlags.FlushTypeMask)
            return Errno.None;
        ulong target = flags & targetMask;
        ulong vcpus = target == (ulong)UpdateVaFlags.All ? ulong.MaxValue : 1ul << (int)vcpu.Number;
        if (target > (ulong)UpdateVaFlags.All && !GuestMemory.TryRead64(new(target), out vcpus))
            return Errno.Fault;
        switch ((UpdateVaFlags)(flags & (ulong)UpdateVaFlags.FlushTypeMask))
        {
            case UpdateVaFlags.TlbFlush: Flushes.Of(ref vcpu, vcpus); break;
            case UpdateVaFlags.InvalidatePage: Flushes.PageOf(ref vcpu, address, vcpus); break;
        }
        return Errno.None;
    }
}
