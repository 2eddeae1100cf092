using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// What Machine/X64/Entry.S calls: one method for each way in.
///
/// Theory. A fault that the guest's own kernel handles is tried without the lock: it reads and writes fields of its own virtual CPU that nobody else
/// writes while it runs, registers of this processor, and guest memory through the guest's own tables. To whoever stops the domain, or has this
/// processor forget, it is as one in its guest: it takes no interrupt and serves no request before it is back there or waits for the lock, and its
/// accesses are over by then. What returns false has changed nothing, and is begun again with the lock (docs/book/processors.md has what others
/// do to a virtual CPU meanwhile). With the lock, a guest may have waited here for the lock when its domain was stopped: nothing is done
/// for it any more (<see cref="VirtualCpu.MustLeave"/>), and the way out leads to the work that its processor was given.
/// </summary>
public static class Entry
{
    private const uint SyscallVector32 = 0x101;
    private const uint FirstInterrupt = 0x20;
    private const uint Int80 = 0x80;

    /// <summary>What ways in tell Entry.S: whether it is to give up the lock.</summary>
    private const int Alone = 0, Locked = 1;

    /// <summary>
    /// `syscall` executed by a guest's kernel for one of Hypercalls.AloneCalls, without the lock: the result, or CallResult.Again where it is to be
    /// taken.
    /// </summary>
    [RuntimeExport("GuestHypercallAlone")]
    internal static long GuestHypercallAlone(ref VirtualCpu vcpu, uint number)
        => MayGoAlone(vcpu) ? Hypercalls.PerformAlone(ref vcpu, number) : CallResult.Again;

    /// <summary>Any other, or that again, with the lock: the result is what the guest is to find in RAX, or CallResult.Again.</summary>
    [RuntimeExport("GuestHypercall")]
    internal static long GuestHypercall(ref VirtualCpu vcpu, uint number)
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

    /// <summary>
    /// Whether what a guest has come with may be tried without the lock. A processor that has been given work takes the lock, and the way out leads
    /// there: so nothing is done any more for a domain that has been stopped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayGoAlone(in VirtualCpu vcpu) => vcpu.Processor.Value.Work == ProcessorWork.None && !ExitTrace.IsOn;

    /// <summary>Takes the lock for a virtual CPU; false where its domain has been stopped and nothing is done for it any more.</summary>
    private static bool TryTakeLock(ref VirtualCpu vcpu, LockUse use)
    {
        HypervisorLock.Acquire();
        if (ExitTrace.IsOn)
            ExitTrace.Note(ref vcpu);
        LockWatch.Note(use);
        return !vcpu.MustLeave;
    }

    /// <summary>`syscall` executed by an application, where Entry.S did not bounce it itself.</summary>
    [RuntimeExport("GuestUserSyscall")]
    internal static int GuestUserSyscall(ref VirtualCpu vcpu)
    {
        bool compatibility = vcpu.Registers.Vector == SyscallVector32;
        ulong handler = compatibility ? vcpu.Callbacks.Syscall32 : vcpu.SyscallCallback;
        bool masks = compatibility ? vcpu.Callbacks.Syscall32MasksEvents : vcpu.SyscallMasksEvents != 0;
        if (MayGoAlone(vcpu) && handler != 0 && Bounce.TryDeliver(ref vcpu, handler, masks))
        {
            vcpu.Registers.Rflags &= ~Flags.Direction;
            return Alone;
        }
        if (!TryTakeLock(ref vcpu, LockUse.SystemCall))
            return Locked;
        if (handler == 0)
        {
            vcpu.Registers.Rip = unchecked(vcpu.Registers.Rip - 2);
            Exceptions.Deliver(ref vcpu, Exceptions.InvalidOpcode, 0);
            return Locked;
        }
        Bounce.Deliver(ref vcpu, handler, masks);
        vcpu.Registers.Rflags &= ~Flags.Direction;
        return Locked;
    }

    /// <summary>
    /// `sysenter`: the frame tells of code selector 3 and of zeroes for RIP and RSP, for the instruction keeps neither. A guest without a callback
    /// for it gets the fault that a processor without one raises. A kernel that executes it has lost its stack, and dies of that.
    /// </summary>
    [RuntimeExport("GuestSysenter")]
    internal static int GuestSysenter(ref VirtualCpu vcpu)
    {
        ulong handler = vcpu.Callbacks.Sysenter;
        bool masks = vcpu.Callbacks.SysenterMasksEvents;
        if (MayGoAlone(vcpu) && handler != 0 && Bounce.TryDeliver(ref vcpu, handler, masks))
            return Alone;
        if (!TryTakeLock(ref vcpu, LockUse.SystemCall))
            return Locked;
        if (handler == 0)
            Exceptions.Deliver(ref vcpu, Exceptions.GeneralProtection, 0);
        else
            Bounce.Deliver(ref vcpu, handler, masks);
        return Locked;
    }

    /// <summary>A page fault of a guest's, without the lock; false where it takes that.</summary>
    [RuntimeExport("GuestPageFaultAlone")]
    internal static bool GuestPageFaultAlone(ref VirtualCpu vcpu, ulong address, uint errorCode)
        => MayGoAlone(vcpu) && PageFault.TryDeliverAlone(ref vcpu, address, errorCode);

    /// <summary>The same with the lock.</summary>
    [RuntimeExport("GuestPageFault")]
    internal static void GuestPageFault(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        LockWatch.Note(UseOf(Exceptions.PageFaultVector));
        if (vcpu.MustLeave)
            return;
        if (ExitTrace.IsOn)
            ExitTrace.Note(ref vcpu);
        PageFault.Handle(ref vcpu, address, errorCode);
    }

    /// <summary>Any other vector, from a guest.</summary>
    [RuntimeExport("GuestTrap")]
    internal static int GuestTrap(ref VirtualCpu vcpu)
    {
        if (IsInterrupt(vcpu.Registers.Vector))
            return GuestInterrupt(ref vcpu, vcpu.Registers.Vector);
        // Who steps may get a second exception behind what is done for it.
        bool alone = MayGoAlone(vcpu) && (vcpu.Registers.Rflags & Flags.Trap) == 0;
        if (vcpu.Registers.Vector == Exceptions.GeneralProtection)
            return GuestGeneralProtection(ref vcpu, alone);
        return alone && TryTrap(ref vcpu, vcpu.Registers.Vector) ? Alone : TrapWithLock(ref vcpu);
    }

    private static int TrapWithLock(ref VirtualCpu vcpu)
    {
        uint vector = vcpu.Registers.Vector;
        if (!TryTakeLock(ref vcpu, UseOf(vector)) && IsGuests(vector))
            return Locked;
        if (vector != Int80)
            Exceptions.Handle(ref vcpu, vector);
        else if (!TryTrap(ref vcpu, vector))
            Exceptions.Deliver(ref vcpu, Exceptions.GeneralProtection, Int80 << 3 | 2);
        return Locked;
    }

    /// <summary>An interrupt, which is the machine's: it is taken whatever has become of the guest.</summary>
    private static int GuestInterrupt(ref VirtualCpu vcpu, uint vector)
    {
        TryTakeLock(ref vcpu, LockUse.Interrupt);
        Preemption.Begin();
        InterruptEntry.Handle(vector, ref vcpu.Processor.Value);
        return Locked;
    }

    private static LockUse UseOf(uint vector) => vector < FirstInterrupt ? (LockUse)(vector + (uint)LockUse.Exception) : LockUse.Interrupt;

    /// <summary>An exception or `int 0x80`, with the lock or without; false where it takes the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTrap(ref VirtualCpu vcpu, uint vector)
    {
        if (vector == Exceptions.InvalidOpcode)
            return Privileged.TryInvalidOpcode(ref vcpu);
        if (vector < FirstInterrupt)
            return Exceptions.TryHandle(ref vcpu, vector);
        return Exceptions.TrySoftwareInterrupt(ref vcpu, Int80, unchecked(vcpu.Registers.Rip - 2), vcpu.Registers.Rip);
    }

    /// <summary>General protection: what is to be done is known, and whether it takes the lock, once the instruction has been decoded.</summary>
    private static int GuestGeneralProtection(ref VirtualCpu vcpu, bool alone)
    {
        if (!alone && !TryTakeLock(ref vcpu, UseOf(Exceptions.GeneralProtection)))
            return Locked;
        bool decoded = InstructionFetch.TryDecodePrivileged(ref vcpu, out Instruction instruction);
        if (alone)
        {
            if ((!decoded || !Privileged.NeedsLock(instruction)) && Privileged.TryGeneralProtection(ref vcpu, decoded, instruction))
                return Alone;
            if (!TryTakeLock(ref vcpu, UseOf(Exceptions.GeneralProtection)))
                return Locked;
        }
        if (!Privileged.TryGeneralProtection(ref vcpu, decoded, instruction))
            Exceptions.Deliver(ref vcpu, Exceptions.GeneralProtection, vcpu.Registers.ErrorCode);
        return Locked;
    }

    private static bool IsInterrupt(uint vector) => vector >= FirstInterrupt && vector != Int80;

    /// <summary>Whether an exception or `int 0x80` is a guest's own doing: not one that ends the machine.</summary>
    private static bool IsGuests(uint vector) => vector is not (Exceptions.DoubleFault or Exceptions.MachineCheck);

    /// <summary>
    /// The processor refused the frame that a guest asked to return to: the guest gets the fault there. A page fault is that of a selector whose
    /// descriptor is not shown: a page of the LDT may yet be, and the return is tried again.
    /// </summary>
    [RuntimeExport("GuestReturnRefused")]
    internal static void GuestReturnRefused(ref VirtualCpu vcpu)
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
    internal static void DeliverEvent(ref VirtualCpu vcpu)
    {
        if (vcpu.Callbacks.Event == 0)
            Crash.Domain(ref vcpu, "no event callback"u8, 0);
        else
            Bounce.Deliver(ref vcpu, vcpu.Callbacks.Event, maskEvents: true);
    }

    /// <summary>The same without the lock: 1 where it is delivered, 0 where it takes the lock.</summary>
    [RuntimeExport("DeliverEventAlone")]
    internal static int DeliverEventAlone(ref VirtualCpu vcpu)
        => MayGoAlone(vcpu) && vcpu.Callbacks.Event != 0 && Bounce.TryDeliver(ref vcpu, vcpu.Callbacks.Event, maskEvents: true) ? 1 : 0;

    /// <summary>The processor's work flags are set; returns the virtual CPU to enter.</summary>
    [RuntimeExport("PendingWork")]
    internal static ref VirtualCpu PendingWork(ref VirtualCpu vcpu)
    {
        // Another processor may be the next to run the one that has asked for it.
        Flushes.Finish(ref vcpu.Processor.Value);
        return ref Work.Run(ref vcpu.Processor.Value);
    }

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
    internal static void Interrupt(uint vector)
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
    internal static void WaitForLock()
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

    /// <summary>
    /// A guest is about to be entered, and has asked for others to forget, or another processor waits for the lock: gives it up, waits until they
    /// have, and stands aside until that one has it.
    /// </summary>
    [RuntimeExport("GiveWay")]
    internal static void GiveWay(ref VirtualCpu vcpu)
    {
        ref ProcessorState processor = ref vcpu.Processor.Value;
        if (Volatile.Read(ref processor.LockWanted) != 0)
            LockWait.Pay(ref vcpu);
        StandAside(ref processor);
    }

    /// <summary>
    /// Between two pieces of something that a processor does for nobody who runs: lets another that waits have the lock first. The budget is the same
    /// behind it, or whoever calls without a pause on another processor would keep this one at it to the end.
    /// </summary>
    public static void GiveWayBetween(ref ProcessorState processor)
    {
        long rest = Preemption.Left;
        LockHolder.Leave(ref processor);
        StandAside(ref processor);
        HypervisorLock.Acquire();
        Preemption.GoOn(rest);
    }

    private static void StandAside(ref ProcessorState processor)
    {
        HypervisorLock.Release();
        do
        {
            ProcessorRequests.Serve(ref processor);
            Instructions.Pause();
        }
        while (!Interprocessor.IsFinished(ref processor, Processors.All));
        for (int looks = 0; looks < ProcessorState.MostLooks && Volatile.Read(ref processor.LockWanted) != 0; looks++)
        {
            ProcessorRequests.Serve(ref processor);
            Instructions.Pause();
        }
        Volatile.Write(ref processor.LockWanted, 0);
    }

    /// <summary>Another processor asks for something.</summary>
    [RuntimeExport("ProcessorRequest")]
    private static void Request(ref ProcessorState processor)
    {
        ProcessorRequests.Serve(ref processor);
        LocalApic.EndInterrupt();
    }
}
