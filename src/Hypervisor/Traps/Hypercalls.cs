using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Control;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// The switch: one line a call. Arguments are in RDI, RSI, RDX, R10, R8 of the frame, the result goes to RAX. A call that returns
/// <see cref="CallResult.Again"/> has put what remains to be done into its argument registers and is made again, after others had their chance.
/// </summary>
public static class Hypercalls
{
    /// <summary>What a call that returned <see cref="CallResult.Again"/> leaves behind: the system call is made again.</summary>
    public static void Repeat(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        // An iret is no system call any more, and the RAX that it restores may be any number.
        if (registers.Vector == SystemCall)
            registers.Rip = unchecked(registers.Rip - InstructionLength);
        else
            registers.Rax = unchecked((ulong)CallResult.Again);
    }

    private const uint SystemCall = 0x100;
    private const uint InstructionLength = 2;

    /// <summary>
    /// The calls that <see cref="PerformAlone"/> knows, a bit each; Entry.S has the same. Other numbers that look like these come there too, and are
    /// not done.
    /// </summary>
    public const uint AloneCalls = 1u << (int)Hypercall.StackSwitch | 1u << (int)Hypercall.SetCallbacks | 1u << (int)Hypercall.FpuTaskSwitch
        | 1u << (int)Hypercall.SetDebugRegister | 1u << (int)Hypercall.GetDebugRegister | 1u << (int)Hypercall.XenVersion
        | 1u << (int)Hypercall.SetSegmentBase;

    /// <summary>
    /// A call that touches the caller's own virtual CPU only, without the lock; <see cref="CallResult.Again"/> for any other, of which nothing has
    /// been done.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long PerformAlone(ref VirtualCpu vcpu, uint number)
    {
        switch ((Hypercall)number)
        {
            case Hypercall.StackSwitch: return ContextCalls.StackSwitch(ref vcpu);
            case Hypercall.SetCallbacks: return CallbackCalls.SetCallbacks(ref vcpu);
            case Hypercall.FpuTaskSwitch: return ContextCalls.TaskSwitch(ref vcpu);
            case Hypercall.SetDebugRegister: return ContextCalls.SetDebugRegister(ref vcpu);
            case Hypercall.GetDebugRegister: return ContextCalls.GetDebugRegister(ref vcpu);
            case Hypercall.XenVersion: return VersionCalls.PerformAlone(vcpu);
            case Hypercall.SetSegmentBase: return ContextCalls.SetSegmentBaseAlone(ref vcpu);
            default: return CallResult.Again;
        }
    }

    /// <summary>The system call of a guest's kernel: a call by number with the arguments in the frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Perform(ref VirtualCpu vcpu, uint number)
    {
        Preemption.Begin();
        return Choose(ref vcpu, number);
    }

    /// <summary>The same as a part of another call.</summary>
    public static long Dispatch(ref VirtualCpu vcpu, uint number) => Choose(ref vcpu, number);

    /// <summary>The command of a call that has one, for the watch over the lock.</summary>
    private static uint CommandOf(in VirtualCpu vcpu, Hypercall number)
        => number is Hypercall.MemoryOp or Hypercall.XenVersion or Hypercall.ConsoleIo or Hypercall.GrantTableOp or Hypercall.VcpuOp
            or Hypercall.SchedOp or Hypercall.CallbackOp or Hypercall.EventChannelOp or Hypercall.PhysdevOp ? unchecked((uint)vcpu.Registers.Rdi) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Choose(ref VirtualCpu vcpu, uint number)
    {
        HypervisorLock.Demand();
        if (LockWatch.IsOn)
            LockWatch.Note((LockUse)(number % (uint)LockUse.Exception), CommandOf(vcpu, (Hypercall)number));
        switch ((Hypercall)number)
        {
            case Hypercall.SetTrapTable: return TrapTableCall.Perform(ref vcpu);
            case Hypercall.MmuUpdate: return MmuUpdateCall.Perform(ref vcpu);
            case Hypercall.SetGdt: return DescriptorCalls.SetGdt(ref vcpu);
            case Hypercall.StackSwitch: return ContextCalls.StackSwitch(ref vcpu);
            case Hypercall.SetCallbacks: return CallbackCalls.SetCallbacks(ref vcpu);
            case Hypercall.FpuTaskSwitch: return ContextCalls.TaskSwitch(ref vcpu);
            case Hypercall.PlatformOp: return PlatformCalls.Perform(ref vcpu);
            case Hypercall.SetDebugRegister: return ContextCalls.SetDebugRegister(ref vcpu);
            case Hypercall.GetDebugRegister: return ContextCalls.GetDebugRegister(ref vcpu);
            case Hypercall.UpdateDescriptor: return DescriptorCalls.UpdateDescriptor(ref vcpu);
            case Hypercall.MemoryOp: return MemoryCalls.Perform(ref vcpu);
            case Hypercall.Multicall: return MulticallCall.Perform(ref vcpu);
            case Hypercall.UpdateVaMapping: return UpdateVaMappingCall.Perform(ref vcpu);
            case Hypercall.SetTimerOp: return TimerCalls.SetTimer(ref vcpu);
            case Hypercall.XenVersion: return VersionCalls.Perform(ref vcpu);
            case Hypercall.ConsoleIo: return ConsoleCalls.Perform(ref vcpu);
            case Hypercall.GrantTableOp: return GrantCalls.Perform(ref vcpu);
            case Hypercall.VmAssist: return ContextCalls.VmAssist(ref vcpu);
            case Hypercall.UpdateVaMappingOtherDomain: return UpdateVaMappingCall.PerformOther(ref vcpu);
            case Hypercall.Iret: return IretCall.Perform(ref vcpu);
            case Hypercall.VcpuOp: return VcpuCalls.Perform(ref vcpu);
            case Hypercall.SetSegmentBase: return ContextCalls.SetSegmentBase(ref vcpu);
            case Hypercall.MmuExtendedOp: return MmuExtendedCall.Perform(ref vcpu);
            case Hypercall.SchedOp: return SchedCalls.Perform(ref vcpu);
            case Hypercall.CallbackOp: return CallbackCalls.Perform(ref vcpu);
            case Hypercall.EventChannelOp: return EventCalls.Perform(ref vcpu);
            case Hypercall.PhysdevOp: return PhysdevCalls.Perform(ref vcpu);
            case Hypercall.MachineCheck: return MachineCheckCalls.Perform(ref vcpu);
            // As from a Xen that has no counters to give.
            case Hypercall.XenPmuOp: return CallResult.Error(Errno.OpNotSupp);
            default: return CallResult.Error(Errno.NoSys);
        }
    }
}
