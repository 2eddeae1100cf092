using System;
using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Rows;

namespace Serai.Bench.Measures;

/// <summary>All that was measured of a row on a system, over all rounds, in the order in which it was measured. Nothing is left out.</summary>
public sealed record Measured(Row Row, TargetSystem System, IReadOnlyList<Sample> Samples, IReadOnlyList<BenchLine> Lines)
{
    /// <summary>The sample in the middle by its total, whole, so that its parts add up; null where instructions were not counted.</summary>
    public Sample? Middle => Samples.Count == 0 ? null
        : Samples.OrderBy(sample => sample.Total).ThenBy(sample => sample.Hypervisor).ElementAt(Samples.Count / 2);

    /// <summary>Totals per operation.</summary>
    public Spread Instructions => Spread.Of(Samples.Select(sample => sample.Total));

    /// <summary>Nanoseconds per operation by the guest's clock.</summary>
    public Spread Times => Spread.Of(Lines.Select(line => line.Each));
}

/// <summary>The least, the middle and the most of some numbers.</summary>
public sealed record Spread(double Least, double Middle, double Most)
{
    /// <summary>How far apart the least and the most are, in parts of the middle.</summary>
    public double Relative => Middle > 0 ? (Most - Least) / Middle : 0;

    /// <summary>Of numbers in any order; of an even count the higher of the two in the middle.</summary>
    public static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted.Length == 0 ? new Spread(0, 0, 0) : new Spread(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }
}
