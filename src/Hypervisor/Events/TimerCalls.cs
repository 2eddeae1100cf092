using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// HYPERVISOR_set_timer_op, the timers of vcpu_op (ABI 05 §5.3), and the virtual timer, which is beyond Xen's vcpu_op (docs/abi.md).
/// </summary>
public static class TimerCalls
{
    /// <summary>RDI: absolute time, 0 to cancel.</summary>
    public static long SetTimer(ref VirtualCpu vcpu)
    {
        if (vcpu.Registers.Rdi == 0)
            Timers.Stop(ref vcpu, TimerKind.SingleShot);
        else
            TimerEvents.SetSingleShot(ref vcpu, vcpu.Registers.Rdi);
        return 0;
    }

    /// <summary>Starts the periodic timer. Errors: Fault, Inval for a period below 1 ms or beyond 2^63 ns.</summary>
    public static Errno SetPeriodic(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out VcpuSetPeriodicTimer timer))
            return Errno.Fault;
        // Longer ones would wrap when they are added to the time.
        const ulong longest = ulong.MaxValue >> 2;
        if (timer.Period < GuestTimers.ShortestPeriod || timer.Period > longest)
            return Errno.Inval;
        GuestTimers.SetPeriodic(ref vcpu, timer.Period);
        return Errno.None;
    }

    /// <summary>Stops the periodic timer.</summary>
    public static Errno StopPeriodic(ref VirtualCpu vcpu)
    {
        GuestTimers.SetPeriodic(ref vcpu, 0);
        return Errno.None;
    }

    /// <summary>
    /// Sets the caller's own single-shot timer, or that of its virtual time, which counts what it has run. Errors: Inval, Fault, Time.
    /// </summary>
    public static Errno Set(ref VirtualCpu caller, ref VirtualCpu vcpu, TimerKind kind, GuestAddress record)
    {
        if (caller.Number != vcpu.Number)
            return Errno.Inval;
        if (!GuestMemory.TryRead(record, out VcpuSetSingleshotTimer timer))
            return Errno.Fault;
        if ((timer.Flags & VcpuSingleshotFlags.Future) != 0
            && timer.Timeout < (kind == TimerKind.Virtual ? Runstates.VirtualTime(vcpu, SystemTime.Now) : SystemTime.Now))
            return Errno.Time;
        if (kind == TimerKind.Virtual)
            TimerEvents.SetVirtual(ref vcpu, timer.Timeout);
        else
            TimerEvents.SetSingleShot(ref vcpu, timer.Timeout);
        return Errno.None;
    }

    /// <summary>Stops one of these two of the caller's own. Errors: Inval.</summary>
    public static Errno Stop(ref VirtualCpu caller, ref VirtualCpu vcpu, TimerKind kind)
    {
        if (caller.Number != vcpu.Number)
            return Errno.Inval;
        if (kind == TimerKind.Virtual)
            GuestTimers.StopVirtual(ref vcpu);
        else
            Timers.Stop(ref vcpu, kind);
        return Errno.None;
    }
}
