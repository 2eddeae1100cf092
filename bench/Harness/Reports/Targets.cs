using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>What was to be reached, and how many rows reach it; those that do not are named. Missing a target fails nothing.</summary>
public sealed class Targets(Results results)
{
    private const double HalfOfXen = 0.5;
    private const double ThirdOfXen = 1.0 / 3;

    private static readonly string[] ThirdKeys = ["null-syscall", "fork-exit"];

    private static readonly string[] Alone = ["integers", "floats", "gzip-1m", "sha256-1m"];

    private static readonly (string Key, double Most)[] OfNative = [("null-syscall", 1.5), ("fork-exit", 2.0)];

    /// <summary>One target: its words, how many rows there are, and those that miss it, with by how much.</summary>
    public sealed record Outcome(string Words, int Rows, IReadOnlyList<string> Missed);

    /// <summary>Every target of which a row was measured.</summary>
    public IReadOnlyList<Outcome> Outcomes() => [.. All().Where(outcome => outcome.Rows > 0)];

    /// <summary>Prints them, a line each, and below it the rows that miss.</summary>
    public void Print(TextWriter output)
    {
        foreach (Outcome outcome in Outcomes())
        {
            output.WriteLine($"{outcome.Rows - outcome.Missed.Count,3} of {outcome.Rows,3}  {outcome.Words}");
            foreach (string[] few in outcome.Missed.Chunk(5))
                output.WriteLine($"            not {string.Join(", ", few)}");
        }
    }

    private IEnumerable<Outcome> All()
    {
        yield return Judge("instructions in the hypervisor: at most half of Xen's", row => OfHypervisors(row, HalfOfXen));
        yield return Judge("on the syscall path and on fork: at most a third of Xen's",
            row => ThirdKeys.Contains(row.Key) ? OfHypervisors(row, ThirdOfXen) : null);
        yield return Judge("in all: nearer to native than Xen", NearerThanXen);
        foreach ((string key, double most) in OfNative)
        {
            yield return Judge(FormattableString.Invariant($"{key}: at most {most} of native"),
                row => row.Key == key ? OfNativeTotal(row, most) : null);
        }
        yield return Judge("work of the processor alone: within 1 % of native", row => Alone.Contains(row.Key) ? OfNativeTotal(row, 1.01) : null);
        yield return Judge("the compilation: within 5 % of native", row => row.Key == "compile" ? OfNativeTotal(row, 1.05) : null);
    }

    /// <summary>The ratio of a row, and whether it is what it should be; null where it cannot be told.</summary>
    private sealed record Finding(bool Holds, string Words);

    private Outcome Judge(string words, Func<Row, Finding?> judge)
    {
        var found = results.Rows.Select(row => (row.Key, Finding: judge(row))).Where(it => it.Finding is not null).ToList();
        return new Outcome(words, found.Count, [.. found.Where(it => !it.Finding!.Holds).Select(it => $"{it.Key} {it.Finding!.Words}")]);
    }

    private Finding? OfHypervisors(Row row, double most)
    {
        if (Middle(row, TargetSystem.Serai) is not { } serai || Middle(row, TargetSystem.Xen) is not { Hypervisor: > 0 } xen)
            return null;
        return new Finding(serai.Hypervisor <= most * xen.Hypervisor, Numbers.Ratio(serai.Hypervisor, xen.Hypervisor));
    }

    private Finding? NearerThanXen(Row row)
    {
        if (Middle(row, TargetSystem.Native) is not { } native || Middle(row, TargetSystem.Serai) is not { } serai
            || Middle(row, TargetSystem.Xen) is not { } xen)
            return null;
        return new Finding(Math.Abs(serai.Total - native.Total) <= Math.Abs(xen.Total - native.Total),
            $"{Numbers.Ratio(serai.Total, native.Total)} (Xen {Numbers.Ratio(xen.Total, native.Total)})");
    }

    private Finding? OfNativeTotal(Row row, double most)
    {
        if (Middle(row, TargetSystem.Native) is not { Total: > 0 } native || Middle(row, TargetSystem.Serai) is not { } serai)
            return null;
        return new Finding(serai.Total <= most * native.Total, Numbers.Ratio(serai.Total, native.Total));
    }

    private Sample? Middle(Row row, TargetSystem system) => results.Of(row, system)?.Middle;
}
