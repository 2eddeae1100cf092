using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>Hypercalls that change one register or so of the calling virtual CPU (ABI 02 §2.4, 04 §4.10 and §4.11).</summary>
public static class ContextCalls
{
    /// <summary>
    /// RDI: SS, RSI: RSP, for the next entry of the kernel from an application. Errors: Perm for a stack in the hypervisor's range.
    /// </summary>
    public static long StackSwitch(ref VirtualCpu vcpu)
        => KernelStack.TrySet(ref vcpu, vcpu.Registers.Rdi, vcpu.Registers.Rsi) ? 0 : CallResult.Error(Errno.Perm);

    /// <summary>RDI: whether the next use of the FPU is to fault.</summary>
    public static long TaskSwitch(ref VirtualCpu vcpu)
    {
        vcpu.TaskSwitched = (vcpu.Registers.Rdi & uint.MaxValue) != 0;
        return 0;
    }

    /// <summary>RDI: register, RSI: value. Errors: Perm, NoDev, Inval.</summary>
    public static long SetDebugRegister(ref VirtualCpu vcpu)
        => CallResult.Error(DebugCalls.Set(ref vcpu, vcpu.Registers.Rdi & uint.MaxValue, vcpu.Registers.Rsi));

    /// <summary>RDI: register; the result is its value. Errors: NoDev.</summary>
    public static long GetDebugRegister(ref VirtualCpu vcpu)
        => DebugCalls.TryRead(ref vcpu, vcpu.Registers.Rdi & uint.MaxValue, out ulong value)
            ? unchecked((long)value) : CallResult.Error(Errno.NoDev);

    /// <summary>RDI: which base, RSI: value. Errors: Inval.</summary>
    public static long SetSegmentBase(ref VirtualCpu vcpu)
    {
        long result = SetSegmentBaseAlone(ref vcpu);
        return result != CallResult.Again
            ? result : CallResult.Error(GuestSegments.SetOther(ref vcpu, (SegmentBase)(vcpu.Registers.Rdi & uint.MaxValue), vcpu.Registers.Rsi));
    }

    /// <summary>
    /// The same without the lock; CallResult.Again for a selector in the LDT, of which a page may have to become descriptors for it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SetSegmentBaseAlone(ref VirtualCpu vcpu)
    {
        var which = (SegmentBase)(vcpu.Registers.Rdi & uint.MaxValue);
        ulong value = vcpu.Registers.Rsi;
        if (which <= SegmentBase.GsKernel)
            return CallResult.Error(GuestSegments.SetBase(which, value));
        return (value & LocalDescriptors.LocalBit) == 0 ? CallResult.Error(GuestSegments.SetOther(ref vcpu, which, value)) : CallResult.Again;
    }

    /// <summary>RDI: enable or disable, RSI: type. Errors: Inval for a type there is not, NoSys for another command.</summary>
    public static long VmAssist(ref VirtualCpu vcpu)
    {
        ulong type = vcpu.Registers.Rsi & uint.MaxValue;
        if (!IsKnown((VmAssistType)type))
            return CallResult.Error(Errno.Inval);
        switch ((VmAssistCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case VmAssistCommand.Enable: vcpu.Domain.VmAssist |= 1ul << (int)type; break;
            case VmAssistCommand.Disable: vcpu.Domain.VmAssist &= ~(1ul << (int)type); break;
            default: return CallResult.Error(Errno.NoSys);
        }
        if (type == (ulong)VmAssistType.ArchitecturalIopl)
            NonMaskable.UpdateReturns(ref vcpu.Domain);
        return 0;
    }

    private static bool IsKnown(VmAssistType type) => type is VmAssistType.FourGbSegments or VmAssistType.FourGbSegmentsNotify
        or VmAssistType.WritablePageTables or VmAssistType.PaeExtendedCr3 or VmAssistType.ArchitecturalIopl
        or VmAssistType.RunstateUpdateFlag or VmAssistType.M2pStrict;
}
