using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
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
            .Text(" ms since 1970, timers "u8).Number(Timers.Count).End();
        if (Scheduler.Running.IsNull)
            Log.Always().Text("running: nobody"u8).End();
        else
            Log.Always().Text("running: "u8).Name(Scheduler.Running.Value.Domain).Text(" vCPU "u8).Number(Scheduler.Running.Value.Number).End();
        for (Link<VirtualCpu> link = RoundRobin.First; !link.IsNull; link = link.Value.QueueNext)
            Log.Always().Text("waiting: "u8).Name(link.Value.Domain).Text(" vCPU "u8).Number(link.Value.Number).End();
    }
}
