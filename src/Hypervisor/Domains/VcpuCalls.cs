using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>HYPERVISOR_vcpu_op (ABI 02 §2.9); what is about timers is in Time/TimerCalls.cs.</summary>
public static class VcpuCalls
{
    /// <summary>RDI: command, RSI: virtual CPU, RDX: its record. Errors: NoEnt, Fault, Inval, Exist, NoSys.</summary>
    public static long Perform(ref VirtualCpu caller)
    {
        uint number = (uint)(caller.Registers.Rsi & uint.MaxValue);
        if (number >= caller.Domain.VcpuCount)
            return CallResult.Error(Errno.NoEnt);
        ref VirtualCpu vcpu = ref caller.Domain.Vcpu(number);
        var record = new GuestAddress(caller.Registers.Rdx);
        switch ((VcpuCommand)(caller.Registers.Rdi & uint.MaxValue))
        {
            case VcpuCommand.Initialise: return CallResult.Outcome(VcpuContext.Initialise(ref vcpu, record));
            case VcpuCommand.Up: return CallResult.Error(Up(ref vcpu));
            case VcpuCommand.Down: return Down(ref vcpu);
            case VcpuCommand.IsUp: return (vcpu.PauseReasons & PauseReasons.Down) == 0 ? 1 : 0;
            case VcpuCommand.GetRunstateInfo:
                return GuestMemory.TryWrite(record, Runstates.Snapshot(vcpu, SystemTime.Now)) ? 0 : CallResult.Error(Errno.Fault);
            case VcpuCommand.RegisterRunstateMemoryArea: return CallResult.Error(RegisterRunstate(ref vcpu, record));
            case VcpuCommand.SetPeriodicTimer: return CallResult.Error(TimerCalls.SetPeriodic(ref vcpu, record));
            case VcpuCommand.StopPeriodicTimer: return CallResult.Error(TimerCalls.StopPeriodic(ref vcpu));
            case VcpuCommand.SetSingleshotTimer: return CallResult.Error(TimerCalls.Set(ref caller, ref vcpu, TimerKind.SingleShot, record));
            case VcpuCommand.StopSingleshotTimer: return CallResult.Error(TimerCalls.Stop(ref caller, ref vcpu, TimerKind.SingleShot));
            case VcpuCommand.RegisterVcpuInfo: return CallResult.Outcome(VcpuInfoArea.Register(ref caller, ref vcpu, record));
            case VcpuCommand.GetPhysicalId: return CallResult.Error(Errno.Inval);
            case VcpuCommand.RegisterVcpuTimeMemoryArea: return CallResult.Error(RegisterTime(ref vcpu, record));
            case VcpuCommand.SendNmi: return record.IsNone ? SendNmi(ref vcpu) : CallResult.Error(Errno.Inval);
            case (VcpuCommand)SeraiVcpuCommand.SetVirtualTimer:
                return CallResult.Error(TimerCalls.Set(ref caller, ref vcpu, TimerKind.Virtual, record));
            case (VcpuCommand)SeraiVcpuCommand.StopVirtualTimer: return CallResult.Error(TimerCalls.Stop(ref caller, ref vcpu, TimerKind.Virtual));
            default: return CallResult.Error(Errno.NoSys);
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

    /// <summary>The address of an area of so many bytes, all that either record tells (vcpu.h); false where it cannot be a guest's.</summary>
    private static bool TryReadArea(GuestAddress record, ulong bytes, out GuestAddress address)
    {
        bool isRead = GuestMemory.TryRead64(record, out ulong area);
        address = new(area);
        return isRead && GuestMemory.IsAllowed(address, bytes);
    }

    private static Errno RegisterRunstate(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!TryReadArea(record, 48, out GuestAddress address))
            return Errno.Fault;
        vcpu.Runstate.Area = address;
        Runstates.Publish(ref vcpu);
        return Errno.None;
    }

    private static Errno RegisterTime(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!TryReadArea(record, 32, out GuestAddress address))
            return Errno.Fault;
        vcpu.Timers.Area = address;
        TimeRecord.Publish(ref vcpu);
        return Errno.None;
    }

    /// <summary>Notes an NMI, which the guest sees when it is entered next: it is woken, or sent the way that leads there.</summary>
    private static long SendNmi(ref VirtualCpu vcpu)
    {
        vcpu.Nmi.IsPending = true;
        Scheduler.Unblock(ref vcpu);
        if (Scheduler.IsRunning(ref vcpu))
            Processors.Ask(ref vcpu.Processor.Value, ProcessorWork.Schedule);
        return 0;
    }
}
