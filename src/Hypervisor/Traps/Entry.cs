using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// What Machine/X64/Entry.S calls: one method for each way in. A guest may have waited here for the lock when its domain was stopped: nothing is done
/// for it any more (<see cref="VirtualCpu.MustLeave"/>), and the way out leads to the work that its processor was given.
/// </summary>
public static class Entry
{
    private const uint SyscallVector32 = 0x101;
    private const uint FirstInterrupt = 0x20;
    private const uint Int80 = 0x80;

    /// <summary>`syscall` executed by a guest's kernel: the result is what the guest is to find in RAX, or CallResult.Again.</summary>
    [RuntimeExport("GuestHypercall")]
    private static long GuestHypercall(ref VirtualCpu vcpu, uint number)
        => vcpu.MustLeave ? CallResult.Again : ExitTrace.IsOn ? Traced(ref vcpu, number) : Hypercalls.Perform(ref vcpu, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Traced(ref VirtualCpu vcpu, uint number)
    {
        ExitTrace.Note(ref vcpu);
        Preemption.Begin();
        return Hypercalls.Dispatch(ref vcpu, number);
    }

    /// <summary>The call returned CallResult.Again.</summary>
    [RuntimeExport("HypercallUnfinished")]
    private static void HypercallUnfinished(ref VirtualCpu vcpu) => Hypercalls.Repeat(ref vcpu);

    /// <summary>`syscall` executed by an application, where Entry.S did not bounce it itself.</summary>
    [RuntimeExport("GuestUserSyscall")]
    private static void GuestUserSyscall(ref VirtualCpu vcpu)
    {
        if (ExitTrace.IsOn)
            ExitTrace.Note(ref vcpu);
        LockWatch.Note(LockUse.SystemCall);
        if (vcpu.MustLeave)
            return;
        bool compatibility = vcpu.Registers.Vector == SyscallVector32;
        ulong handler = compatibility ? vcpu.Callbacks.Syscall32 : vcpu.SyscallCallback;
        bool masks = compatibility ? vcpu.Callbacks.Syscall32MasksEvents : vcpu.SyscallMasksEvents != 0;
        if (handler == 0)
        {
            vcpu.Registers.Rip = unchecked(vcpu.Registers.Rip - 2);
            Exceptions.Deliver(ref vcpu, Exceptions.InvalidOpcode, 0);
            return;
        }
        Bounce.Deliver(ref vcpu, handler, masks);
        vcpu.Registers.Rflags &= ~Flags.Direction;
    }

    /// <summary>
    /// `sysenter`: the frame tells of code selector 3 and of zeroes for RIP and RSP, for the instruction keeps neither. A guest without a callback
    /// for it gets the fault that a processor without one raises. A kernel that executes it has lost its stack, and dies of that.
    /// </summary>
    [RuntimeExport("GuestSysenter")]
    private static void GuestSysenter(ref VirtualCpu vcpu)
    {
        if (ExitTrace.IsOn)
            ExitTrace.Note(ref vcpu);
        LockWatch.Note(LockUse.SystemCall);
        if (vcpu.MustLeave)
            return;
        if (vcpu.Callbacks.Sysenter == 0)
            Exceptions.Deliver(ref vcpu, Exceptions.GeneralProtection, 0);
        else
            Bounce.Deliver(ref vcpu, vcpu.Callbacks.Sysenter, vcpu.Callbacks.SysenterMasksEvents);
    }

    /// <summary>A page fault of a guest's.</summary>
    [RuntimeExport("GuestPageFault")]
    private static void GuestPageFault(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        if (vcpu.MustLeave)
            return;
        if (ExitTrace.IsOn)
            TracedPageFault(ref vcpu, address, errorCode);
        else
            PageFault.Handle(ref vcpu, address, errorCode);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TracedPageFault(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        ExitTrace.Note(ref vcpu);
        PageFault.Handle(ref vcpu, address, errorCode);
    }

    /// <summary>Any other vector, from a guest.</summary>
    [RuntimeExport("GuestTrap")]
    private static void GuestTrap(ref VirtualCpu vcpu)
    {
        if (ExitTrace.IsOn)
            TracedTrap(ref vcpu);
        else
            Trap(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TracedTrap(ref VirtualCpu vcpu)
    {
        ExitTrace.Note(ref vcpu);
        Trap(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Trap(ref VirtualCpu vcpu)
    {
        uint vector = vcpu.Registers.Vector;
        if (LockWatch.IsOn)
            LockWatch.Note(vector < FirstInterrupt ? (LockUse)(vector + (uint)LockUse.Exception) : LockUse.Interrupt);
        if (vcpu.MustLeave && IsGuests(vector))
            return;
        if (vector < FirstInterrupt)
            Exceptions.Handle(ref vcpu, vector);
        else if (vector == Int80)
            Exceptions.SoftwareInterrupt(ref vcpu, Int80, unchecked(vcpu.Registers.Rip - 2), vcpu.Registers.Rip);
        else
        {
            Preemption.Begin();
            InterruptEntry.Handle(vector, ref vcpu.Processor.Value);
        }
    }

    /// <summary>Whether a vector is a guest's own doing: not an interrupt, which is the machine's, and not one that ends the machine.</summary>
    private static bool IsGuests(uint vector)
        => vector < FirstInterrupt ? vector is not (Exceptions.DoubleFault or Exceptions.MachineCheck) : vector == Int80;

    /// <summary>
    /// The processor refused the frame that a guest asked to return to: the guest gets the fault there. A page fault is that of a selector whose
    /// descriptor is not shown: a page of the LDT may yet be, and the return is tried again.
    /// </summary>
    [RuntimeExport("GuestReturnRefused")]
    private static void GuestReturnRefused(ref VirtualCpu vcpu)
    {
        if (vcpu.MustLeave)
            return;
        if (vcpu.Registers.Vector == Exceptions.PageFaultVector)
            PageFault.Handle(ref vcpu, Instructions.ReadCr2(), vcpu.Registers.ErrorCode);
        else
            Exceptions.Deliver(ref vcpu, vcpu.Registers.Vector, vcpu.Registers.ErrorCode);
    }

    /// <summary>An event waits and is not masked.</summary>
    [RuntimeExport("DeliverEvent")]
    private static void DeliverEvent(ref VirtualCpu vcpu)
    {
        if (vcpu.Callbacks.Event == 0)
            Crash.Domain(ref vcpu, "no event callback"u8, 0);
        else
            Bounce.Deliver(ref vcpu, vcpu.Callbacks.Event, maskEvents: true);
    }

    /// <summary>The processor's work flags are set; returns the virtual CPU to enter.</summary>
    [RuntimeExport("PendingWork")]
    private static ref VirtualCpu PendingWork(ref VirtualCpu vcpu) => ref Work.Run(ref vcpu.Processor.Value);

    /// <summary>The second stack's beginning: it never returns.</summary>
    [RuntimeExport("BackgroundMain")]
    private static void BackgroundMain()
    {
        while (true)
        {
            Rebuilds.DoAll();
            Coroutine.Leave();
        }
    }

    /// <summary>A trap in ring 0: an interrupt during the idle wait or a background task, a fault that has a fixup, or a bug.</summary>
    [RuntimeExport("HypervisorTrap")]
    private static void HypervisorTrap(ref Registers frame)
    {
        uint vector = frame.Vector;
        if (vector == Interprocessor.RequestVector)
            Request(ref Processors.All[CurrentProcessor.Number].Value);
        else if (vector >= FirstInterrupt)
            Interrupt(vector);
        else if (vector is not (Exceptions.DoubleFault or Exceptions.MachineCheck) && Fixups.TryFind(frame.Rip, out ulong resume))
            frame.Rip = resume;
        else
            Panic.Trap(frame);
    }

    /// <summary>
    /// Only the idle wait and the background task's open stretches let interrupts in, and they have given up the lock. The task is left here, and
    /// gone on with here, perhaps by another processor.
    /// </summary>
    private static void Interrupt(uint vector)
    {
        HypervisorLock.Acquire();
        Preemption.Begin();
        InterruptEntry.Handle(vector, ref Processors.All[CurrentProcessor.Number].Value);
        if (Coroutine.IsInside)
            Coroutine.Leave();
        LockHolder.Leave(ref Processors.All[CurrentProcessor.Number].Value);
        HypervisorLock.Release();
    }

    /// <summary>The lock is another's: waits for it, and meanwhile does what the holder may ask.</summary>
    [RuntimeExport("WaitForLock")]
    private static void WaitForLock()
    {
        ref ProcessorState processor = ref Processors.All[CurrentProcessor.Number].Value;
        LockWait.Begin(ref processor);
        while (!HypervisorLock.TryAcquire())
        {
            LockWait.Ask(processor);
            ProcessorRequests.Serve(ref processor);
            Instructions.Pause();
        }
        LockWait.End(ref processor);
    }

    /// <summary>A guest is about to be entered while another processor waits for the lock: stands aside until that one has it.</summary>
    [RuntimeExport("GiveWay")]
    private static void GiveWay(ref VirtualCpu vcpu)
    {
        LockWait.Pay(ref vcpu);
        StandAside(ref vcpu.Processor.Value);
    }

    /// <summary>Between two pieces of something that a processor does for nobody who runs: lets another that waits have the lock first.</summary>
    public static void GiveWayBetween(ref ProcessorState processor)
    {
        LockHolder.Leave(ref processor);
        StandAside(ref processor);
        HypervisorLock.Acquire();
    }

    private static void StandAside(ref ProcessorState processor)
    {
        HypervisorLock.Release();
        for (int looks = 0; looks < ProcessorState.MostLooks && Volatile.Read(ref processor.LockWanted) != 0; looks++)
        {
            ProcessorRequests.Serve(ref processor);
            Instructions.Pause();
        }
        Volatile.Write(ref processor.LockWanted, 0);
    }

    /// <summary>Another processor, which holds the lock, asks for something.</summary>
    [RuntimeExport("ProcessorRequest")]
    private static void Request(ref ProcessorState processor)
    {
        ProcessorRequests.Serve(ref processor);
        LocalApic.EndInterrupt();
    }
}
