using System;

using Serai.Hypervisor.Time;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>Kernels that set their timer in different ways, on a processor that others take away at random.</summary>
public sealed class TickCountTests
{
    private const ulong Tick = 4_000_000, Second = 1_000_000_000;

    private readonly Random random = new(4);
    private TickCount ticks;
    private ulong now = 5 * Second;

    /// <summary>Sets the timer, lets it fire, now and then late by up to so much; returns by how much it was due before its deadline.</summary>
    private ulong Fire(ulong deadline, int latest)
    {
        ulong due = ticks.Adjust(deadline, now);
        Assert.True(due <= deadline, "later than asked for");
        now = Math.Max(now, due) + (ulong)(random.Next(4) == 0 ? random.Next(latest) : random.Next(20_000));
        return deadline - due;
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    [InlineData(12_000_000)]
    public void WhoCountsTicksLosesNone(int latest)
    {
        const ulong needed = 16;
        for (ulong turn = 0; turn < needed; turn++)
            Fire(now + Tick, 1000);
        ulong start = now, count = 0;
        for (; now < start + 60 * Second; count++)
        {
            now += (ulong)random.Next(5_000);
            Fire(now + Tick, latest);
        }
        Assert.InRange((long)(count * Tick), (long)(now - start) - latest - (long)Tick * 4, (long)(now - start) + (long)Tick * 4);
    }

    [Fact]
    public void WhoSetsMomentsOnAGridIsNeverWokenSooner()
    {
        for (int turn = 0; turn < 20_000; turn++)
        {
            ulong next = (now / Tick + 1) * Tick;
            Assert.Equal(0ul, Fire(next, 900_000));
        }
    }

    [Fact]
    public void WhoSetsNowThisAndNowThatIsNeverWokenSooner()
    {
        for (int turn = 0; turn < 20_000; turn++)
            Assert.Equal(0ul, Fire(now + (ulong)random.Next(1000, 1 << random.Next(12, 30)), 10_000_000));
    }

    // A sleep of a second again and again is no tick.
    [Fact]
    public void WhoSleepsLongIsNeverWokenSooner()
    {
        for (int turn = 0; turn < 2_000; turn++)
            Assert.Equal(0ul, Fire(now + Second, 50_000_000));
    }

    [Fact]
    public void AnHourAwayIsNotMadeUpFor()
    {
        for (int turn = 0; turn < 20; turn++)
            Fire(now + Tick, 1000);
        now += 3600 * Second;
        int atOnce = 0;
        while (ticks.Adjust(now + Tick, now) <= now)
            atOnce++;
        Assert.InRange(atOnce, 2400, 2501);
    }

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(ulong.MaxValue, 1ul)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1ul, ulong.MaxValue)]
    public void TheEndsOfTimeAreNoMistake(ulong deadline, ulong moment)
    {
        for (int turn = 0; turn < 50; turn++)
            Assert.Equal(deadline, ticks.Adjust(deadline, moment));
    }
}
