using System;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>What the checked image tells of its lock, as `./run bench lock` reads it.</summary>
public sealed class LockTraceTests
{
    private static readonly string[] report =
    [
        "(serai) the lock was held at most 731000 ns for hypercall 26.4",
        "(serai) the lock was held 400 times, 200000 ns in all after 8000 ns of waiting, for hypercall 1",
        "(serai) the lock was held 10 times, 50000 ns in all after 0 ns of waiting, for an interrupt",
        "(serai) stretches of the lock: 900+100 20000+450 7+3",
        "(serai) stretches of the lock: 12+34",
        "(serai) the lock was watched for 1000000 ns",
        "(serai) the lock is measured afresh",
    ];

    [Fact]
    public void SumsAndStretchesAreRead()
    {
        LockTrace trace = LockTrace.Parse(report);
        Assert.Equal(1_000_000, trace.Watched);
        Assert.Equal([new LockSum("hypercall 1", 400, 200_000, 8_000), new LockSum("an interrupt", 10, 50_000, 0)], trace.Sums);
        Assert.Equal([new Stretch(900, 100), new Stretch(20_000, 450), new Stretch(7, 3), new Stretch(12, 34)], trace.Stretches);
        Assert.Equal(0.25, trace.Held);
    }

    [Theory]
    [InlineData("watched")]
    [InlineData("times")]
    [InlineData("stretches")]
    public void APartThatIsMissingIsNamed(string part)
    {
        string[] rest = [.. report.Where(line => !line.Contains(part, StringComparison.Ordinal))];
        Assert.Throws<InvalidDataException>(() => LockTrace.Parse(rest));
    }
}
