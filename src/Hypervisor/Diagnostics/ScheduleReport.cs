using System;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>Who runs, who waits to, and what timers are set.</summary>
public static class ScheduleReport
{
    /// <summary>Writes it.</summary>
    public static void Write()
    {
        ulong now = SystemTime.Now;
        Log.Always().Text("system time "u8).Number(now).Text(" ns, wall clock "u8).Number(SystemTime.WallClockAt(now) / 1_000_000)
            .Text(" ms since 1970"u8).End();
        for (ulong number = 0; number < Processors.All.Length; number++)
            Write(number, ref ProcessorSchedule.All[number]);
    }

    private static void Write(ulong number, ref ProcessorSchedule schedule)
    {
        Log.Always().Text("processor "u8).Number(number).Text(": virtual time "u8).Number(schedule.VirtualTime).Text(", waiting "u8)
            .Number(schedule.Queue.Count).Text(schedule.Running.IsNull ? ", runs nobody"u8 : ", runs one"u8).End();
        if (!schedule.Running.IsNull)
            Write(number, " runs "u8, ref schedule.Running.Value);
        Log.Always().Text("processor "u8).Number(number).Text(": timers of "u8).Number(Timers.CountOn((uint)number)).Text(" vCPUs"u8).End();
        for (Link<VirtualCpu> link = schedule.Queue.First; !link.IsNull; link = RunQueue.After(link))
            Write(number, " will run "u8, ref link.Value);
    }

    private static void Write(ulong number, ReadOnlySpan<byte> verb, ref VirtualCpu vcpu)
        => Log.Always().Text("processor "u8).Number(number).Text(verb).Name(vcpu.Domain).Text(" vCPU "u8).Number(vcpu.Number).Text(": A "u8)
            .Number(vcpu.Domain.Share.Clock.Time).Text(", own "u8).Number(vcpu.Turn.Time).Text(", key "u8).Number(vcpu.Turn.Key)
            .Text(", weight "u8).Number(vcpu.Domain.Share.Weight)
            .Text(vcpu.Domain.Share.Clock.IsWarped ? ", warped by "u8 : ", warp "u8).Number(vcpu.Domain.Share.Warp).End();
}
