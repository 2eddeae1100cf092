using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Time;

/// <summary>How long a virtual CPU has been in each state, and the guest's copy of it (public/vcpu.h, vcpu_runstate_info).</summary>
public static class Runstates
{
    /// <summary>The state follows from what the virtual CPU waits for.</summary>
    public static Runstate Waiting(in VirtualCpu vcpu) => vcpu.PauseReasons switch
    {
        PauseReasons.None => Runstate.Runnable,
        PauseReasons.Blocked => Runstate.Blocked,
        _ => Runstate.Offline,
    };

    /// <summary>Enters a state at a time; the time since the last change counts for the state that ends.</summary>
    public static void Enter(ref VirtualCpu vcpu, Runstate state, ulong now)
    {
        ref VcpuRunstateInfo info = ref vcpu.Runstate.Info;
        if (info.State == state)
            return;
        if (info.State == Runstate.Running && vcpu.Timers.VirtualDeadline != 0)
            Timers.Stop(ref vcpu, TimerKind.Virtual);
        Account(ref info, now);
        info.State = state;
        info.StateEntryTime = now;
    }

    private static void Account(ref VcpuRunstateInfo info, ulong now)
    {
        ulong elapsed = Duration.Between(info.StateEntryTime, now);
        // In the order of their frequency; a table would have to be jumped through.
        if (info.State == Runstate.Running)
            info.TimeRunning += elapsed;
        else if (info.State == Runstate.Blocked)
            info.TimeBlocked += elapsed;
        else if (info.State == Runstate.Runnable)
            info.TimeRunnable += elapsed;
        else
            info.TimeOffline += elapsed;
    }

    /// <summary>The record with the present state's time counted up to now.</summary>
    public static VcpuRunstateInfo Snapshot(in VirtualCpu vcpu, ulong now)
    {
        VcpuRunstateInfo info = vcpu.Runstate.Info;
        Account(ref info, now);
        return info;
    }

    /// <summary>Virtual time: the nanoseconds that a virtual CPU has run up to now.</summary>
    public static ulong VirtualTime(in VirtualCpu vcpu, ulong now) => Snapshot(vcpu, now).TimeRunning;

    /// <summary>
    /// Writes the guest's copy, if it registered one: its address is one of its kernel's, so this is for when the kernel's tables are loaded. A
    /// copy that cannot be written is forgotten.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Publish(ref VirtualCpu vcpu)
    {
        if (!vcpu.Runstate.Area.IsNone)
            Write(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Write(ref VirtualCpu vcpu)
    {
        GuestAddress area = vcpu.Runstate.Area;
        const ulong entryTime = 8;
        bool flagged = vcpu.Domain.Assists(VmAssistType.RunstateUpdateFlag);
        VcpuRunstateInfo info = vcpu.Runstate.Info;
        ulong time = info.StateEntryTime;
        bool done = true;
        if (flagged)
        {
            info.StateEntryTime |= RunstateFlags.Update;
            done = GuestMemory.TryWrite64(area + entryTime, info.StateEntryTime);
        }
        done = done && GuestMemory.TryWrite(area, info);
        if (flagged)
            done = done && GuestMemory.TryWrite64(area + entryTime, time);
        if (!done)
            vcpu.Runstate.Area = default;
    }
}
