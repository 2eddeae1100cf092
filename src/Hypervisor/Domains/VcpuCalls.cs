using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>HYPERVISOR_vcpu_op and set_timer_op (ABI 02 §2.9).</summary>
public static class VcpuCalls
{
    /// <summary>RDI: command, RSI: virtual CPU, RDX: its record. Errors: NoEnt, Fault, Inval, Exist, NoSys.</summary>
    public static long Perform(ref VirtualCpu caller)
    {
        uint number = (uint)(caller.Registers.Rsi & uint.MaxValue);
        if (number >= caller.Domain.VcpuCount)
            return Hypercalls.Error(Errno.NoEnt);
        ref VirtualCpu vcpu = ref caller.Domain.Vcpu(number);
        ulong record = caller.Registers.Rdx;
        switch ((VcpuCommand)(caller.Registers.Rdi & uint.MaxValue))
        {
            case VcpuCommand.Initialise: return Hypercalls.Outcome(VcpuContext.Initialise(ref vcpu, record));
            case VcpuCommand.Up: return Hypercalls.Error(Up(ref vcpu));
            case VcpuCommand.Down: return Down(ref vcpu);
            case VcpuCommand.IsUp: return (vcpu.PauseReasons & PauseReasons.Down) == 0 ? 1 : 0;
            case VcpuCommand.GetRunstateInfo:
                return GuestMemory.TryWrite(record, Runstates.Snapshot(vcpu, SystemTime.Now)) ? 0 : Hypercalls.Error(Errno.Fault);
            case VcpuCommand.RegisterRunstateMemoryArea: return Hypercalls.Error(RegisterRunstate(ref vcpu, record));
            case VcpuCommand.SetPeriodicTimer: return Hypercalls.Error(SetPeriodic(ref caller, ref vcpu, record));
            case VcpuCommand.StopPeriodicTimer: return StopPeriodic(ref vcpu);
            case VcpuCommand.SetSingleshotTimer: return Hypercalls.Error(SetSingleShot(ref caller, ref vcpu, record));
            case VcpuCommand.StopSingleshotTimer: return Hypercalls.Error(StopSingleShot(ref caller, ref vcpu));
            case VcpuCommand.RegisterVcpuInfo: return Hypercalls.Error(VcpuInfoArea.Register(ref caller, ref vcpu, record));
            case VcpuCommand.GetPhysicalId: return Hypercalls.Error(Errno.Inval);
            case VcpuCommand.RegisterVcpuTimeMemoryArea: return Hypercalls.Error(RegisterTime(ref vcpu, record));
            default: return Hypercalls.Error(Errno.NoSys);
        }
    }

    private static Errno Up(ref VirtualCpu vcpu)
    {
        if (!vcpu.IsInitialised)
            return Errno.Inval;
        Scheduler.Resume(ref vcpu, PauseReasons.Down);
        return Errno.None;
    }

    /// <summary>The last one to go down takes its domain with it.</summary>
    private static long Down(ref VirtualCpu vcpu)
    {
        Scheduler.Pause(ref vcpu, PauseReasons.Down);
        for (uint number = 0; number < vcpu.Domain.VcpuCount; number++)
        {
            if ((vcpu.Domain.Vcpu(number).PauseReasons & PauseReasons.Down) == 0)
                return 0;
        }
        DomainLife.ShutDown(ref vcpu.Domain, ShutdownReason.PowerOff);
        return 0;
    }

    private static Errno RegisterRunstate(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out VcpuRegisterRunstateMemoryArea area))
            return Errno.Fault;
        if (!GuestMemory.IsAllowed(area.Address, 48))
            return Errno.Fault;
        vcpu.RunstateArea = area.Address;
        Runstates.Publish(ref vcpu);
        return Errno.None;
    }

    private static Errno RegisterTime(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out VcpuRegisterTimeMemoryArea area))
            return Errno.Fault;
        if (!GuestMemory.IsAllowed(area.Address, 32))
            return Errno.Fault;
        vcpu.TimeArea = area.Address;
        SystemTime.Publish(ref vcpu);
        return Errno.None;
    }

    private static Errno SetPeriodic(ref VirtualCpu caller, ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out VcpuSetPeriodicTimer timer))
            return Errno.Fault;
        const ulong longest = long.MaxValue;
        if (timer.Period < GuestTimers.ShortestPeriod || timer.Period > longest)
            return Errno.Inval;
        ulong now = SystemTime.Now;
        vcpu.Period = timer.Period;
        Timers.Set(ref vcpu, TimerKind.Guest, now + timer.Period);
        Scheduler.ProgramTimer(ref caller.Processor.Value, now);
        return Errno.None;
    }

    private static long StopPeriodic(ref VirtualCpu vcpu)
    {
        if (vcpu.Period != 0)
            Timers.Stop(ref vcpu, TimerKind.Guest);
        vcpu.Period = 0;
        return 0;
    }

    private static Errno SetSingleShot(ref VirtualCpu caller, ref VirtualCpu vcpu, ulong record)
    {
        if (!caller.DomainLink.Same(vcpu.DomainLink) || caller.Number != vcpu.Number)
            return Errno.Inval;
        if (!GuestMemory.TryRead(record, out VcpuSetSingleshotTimer timer))
            return Errno.Fault;
        if ((timer.Flags & VcpuSingleshotFlags.Future) != 0 && timer.Timeout < SystemTime.Now)
            return Errno.Time;
        GuestTimers.SetSingleShot(ref vcpu, timer.Timeout);
        return Errno.None;
    }

    private static Errno StopSingleShot(ref VirtualCpu caller, ref VirtualCpu vcpu)
    {
        if (caller.Number != vcpu.Number)
            return Errno.Inval;
        if (vcpu.Period == 0)
            Timers.Stop(ref vcpu, TimerKind.Guest);
        return Errno.None;
    }

    /// <summary>RDI: absolute time, 0 to cancel.</summary>
    public static long SetTimer(ref VirtualCpu vcpu)
    {
        if (vcpu.Registers.Rdi == 0)
            Timers.Stop(ref vcpu, TimerKind.Guest);
        else
            GuestTimers.SetSingleShot(ref vcpu, vcpu.Registers.Rdi);
        return 0;
    }
}
