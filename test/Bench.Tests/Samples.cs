using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Tests;

/// <summary>Rows and results as a run would leave them.</summary>
internal static class Samples
{
    internal static readonly Row Call = new(64, "linux", "processes", "null-syscall", "null system call");

    internal static readonly Row Fork = new(65, "linux", "processes", "fork-exit", "fork, exit & wait");

    internal static readonly Row Send = new(5, "micro", "events", "event-send", "event sent");

    internal static readonly IReadOnlyList<TargetSystem> Systems = [TargetSystem.Native, TargetSystem.Serai, TargetSystem.Xen];

    internal static Measured Counted(Row row, TargetSystem system, params double[] hypervisor)
        => new(row, system, [.. hypervisor.Select(part => new Sample(1024, 20, 300, part))], []);

    internal static Measured Timed(Row row, TargetSystem system, string check, params long[] nanoseconds)
        => new(row, system, [], [.. nanoseconds.Select(time => new BenchLine(row.Key, 1000, time, check))]);

    internal static Results Of(params Measured[] found) => Of(Systems, found);

    internal static Results Of(IReadOnlyList<TargetSystem> systems, params Measured[] found)
    {
        var results = new Results([.. found.Select(it => it.Row).Distinct()], systems);
        foreach (Measured it in found)
            results.Add(it);
        return results;
    }

    /// <summary>A call on all three systems, an event on the two hypervisors.</summary>
    internal static Results Typical() => Of(
        Counted(Send, TargetSystem.Serai, 365, 365, 365), Counted(Send, TargetSystem.Xen, 486, 486, 490),
        Counted(Call, TargetSystem.Native, 0, 0, 0), Counted(Call, TargetSystem.Serai, 116, 117, 116),
        Counted(Call, TargetSystem.Xen, 676, 676, 690));
}
