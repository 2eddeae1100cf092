using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Bench.Plots;

/// <summary>An axis from zero to a round number that is at least the most there is to show.</summary>
public sealed class Axis
{
    private readonly double length;

    /// <summary>An axis of so many pixels, with about so many marks.</summary>
    public Axis(double most, double length, int marks)
    {
        this.length = length;
        Step = RoundStep(Math.Max(most, 1e-9) / marks);
        Most = Math.Ceiling(Math.Max(most, 1e-9) / Step * 0.9999) * Step;
    }

    /// <summary>The number at the axis' end.</summary>
    public double Most { get; }

    /// <summary>What lies between two marks.</summary>
    public double Step { get; }

    /// <summary>The numbers that are marked.</summary>
    public IEnumerable<double> Marks => Enumerable.Range(0, (int)Math.Round(Most / Step) + 1).Select(index => index * Step);

    /// <summary>How far from the axis' beginning a number lies.</summary>
    public double Place(double number) => number / Most * length;

    // 1, 2 or 5 with zeros.
    private static double RoundStep(double wanted)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        foreach (double factor in (double[])[1, 2, 5])
        {
            if (wanted <= factor * power * 1.0001)
                return factor * power;
        }
        return 10 * power;
    }
}
