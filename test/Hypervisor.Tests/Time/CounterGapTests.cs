using System;

using Xunit;
using Serai.Hypervisor.Time;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>What rounds of question and answer tell about two counters.</summary>
public sealed class CounterGapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    [InlineData(-123_456_789)]
    [InlineData(long.MaxValue / 2)]
    public void TheTruthIsFoundToHalfARound(long offset)
    {
        const int longestWay = 500;
        var random = new Random(3);
        for (int turn = 0; turn < 200; turn++)
        {
            CounterGap gap = CounterGap.Unknown;
            ulong now = (ulong)random.NextInt64();
            for (int round = 0; round < 8; round++)
            {
                ulong asked = now, answered = asked + (ulong)random.Next(longestWay), seen = answered + (ulong)random.Next(longestWay);
                gap.Note(asked, unchecked(answered + (ulong)offset), seen);
                now = seen + 10;
            }
            Assert.InRange(gap.Middle - offset, -longestWay, longestWay);
            if (offset == 0)
                Assert.True(gap.MayBeNone);
            if (Math.Abs(offset) > 2 * longestWay)
                Assert.False(gap.MayBeNone);
        }
    }
}
