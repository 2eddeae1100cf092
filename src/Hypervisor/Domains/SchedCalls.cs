using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>HYPERVISOR_sched_op (ABI 02 §2.10).</summary>
public static class SchedCalls
{
    private const uint MaximumPolledPorts = 128;

    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, Perm, Srch, NoSpc, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        switch ((SchedCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case SchedCommand.Yield:
                Scheduler.Yield(ref vcpu);
                return 0;
            case SchedCommand.Block:
                Block(ref vcpu);
                return 0;
            case SchedCommand.Poll:
                return GuestMemory.TryRead(record, out SchedPoll poll) ? CallResult.Error(Poll(ref vcpu, poll)) : CallResult.Error(Errno.Fault);
            case SchedCommand.Shutdown:
                return GuestMemory.TryRead(record, out SchedShutdown shutdown)
                    ? CallResult.Error(ShutDown(ref vcpu, shutdown.Reason)) : CallResult.Error(Errno.Fault);
            case SchedCommand.RemoteShutdown:
                return GuestMemory.TryRead(record, out SchedRemoteShutdown remote)
                    ? CallResult.Error(ShutDownRemote(ref vcpu, remote)) : CallResult.Error(Errno.Fault);
            case SchedCommand.ShutdownCode:
                return GuestMemory.TryRead(record, out SchedShutdown _) ? 0 : CallResult.Error(Errno.Fault);
            case SchedCommand.Watchdog:
                return GuestMemory.TryRead(record, out SchedWatchdog watchdog)
                    ? Watchdogs.Set(ref vcpu.Domain, watchdog) : CallResult.Error(Errno.Fault);
            case SchedCommand.PinOverride:
                return CallResult.Error(PinOverride(ref vcpu, record));
            default:
                return CallResult.Error(Errno.NoSys);
        }
    }

    /// <summary>Unmasks events and sleeps unless one is there already.</summary>
    private static void Block(ref VirtualCpu vcpu)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        info.EventUpcallMask = 0;
        if (info.EventUpcallPending == 0)
            Scheduler.Sleep(ref vcpu);
    }

    /// <summary>Sleeps until one of some ports is pending, even masked, or an event can be delivered, or a time has come.</summary>
    private static Errno Poll(ref VirtualCpu vcpu, in SchedPoll poll)
    {
        if (poll.PortCount > MaximumPolledPorts)
            return Errno.Inval;
        uint only = 0;
        Preemption.Charge(Cost.SmallRecord, poll.PortCount);
        for (uint index = 0; index < poll.PortCount; index++)
        {
            if (!GuestMemory.TryRead(new GuestAddress(poll.Ports) + index * 4, out uint port))
                return Errno.Fault;
            if (!EventChannels.IsOpen(ref vcpu.Domain, port))
                return Errno.Inval;
            if (EventChannels.IsPending(ref vcpu.Domain, port))
                return Errno.None;
            if (VirtualInterrupts.IsTimer(ref vcpu.Domain, port, out uint number))
                GuestTimers.Awaited(ref vcpu.Domain.Vcpu(number));
            only = port;
        }
        if (Delivery.IsDeliverable(ref vcpu))
            return Errno.None;
        ulong now = SystemTime.Now;
        if (poll.Timeout != 0 && poll.Timeout <= now)
            return Errno.None;
        Delivery.BeginPoll(ref vcpu, poll.PortCount == 1 ? (int)only : -1);
        if (poll.Timeout != 0)
            Timers.Set(ref vcpu, TimerKind.Poll, poll.Timeout);
        Scheduler.Sleep(ref vcpu);
        return Errno.None;
    }

    /// <summary>Pins the caller to a processor, for firmware that answers on one only; a negative number ends that.</summary>
    private static Errno PinOverride(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return Errno.Perm;
        if (!GuestMemory.TryRead(record, out SchedPinOverride pin))
            return Errno.Fault;
        if (pin.Pcpu >= (int)Processors.Most)
            return Errno.Inval;
        bool done = pin.Pcpu < 0 ? Scheduler.TryUnpin(ref vcpu) : Scheduler.TryPin(ref vcpu, 1ul << pin.Pcpu);
        return done ? Errno.None : Errno.Inval;
    }

    private static Errno ShutDown(ref VirtualCpu vcpu, ShutdownReason reason)
    {
        if (reason == ShutdownReason.Crash)
            Crash.Report(ref vcpu);
        return DomainLife.ShutDown(ref vcpu.Domain, reason);
    }

    private static Errno ShutDownRemote(ref VirtualCpu vcpu, in SchedRemoteShutdown remote)
    {
        // A domain that means itself says so by the plain shutdown.
        if (remote.Domain == DomainIds.Self)
            return Errno.Srch;
        Errno error = ForeignDomain.Find(ref vcpu, remote.Domain, out Link<Domain> domain);
        if (error == Errno.None && !vcpu.Domain.Rights.ControlsOthers)
            return Errno.Perm;
        return error == Errno.None ? DomainLife.ShutDown(ref domain.Value, remote.Reason) : error;
    }
}
