using System;
using Serai.Emulators;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>The limits of the tests themselves: a host that is busy for hours ends no test, a machine that works or waits for nothing does.</summary>
public sealed class EnduranceTests
{
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(60), Silence = TimeSpan.FromMinutes(10);

    private TimeSpan used;
    private DateTime now = DateTime.UnixEpoch;

    private Endurance Start() => new(Work, Silence, () => used, () => now);

    [Fact]
    public void MachineThatGetsLittleTimeAndWritesNowAndThenIsNotGivenUp()
    {
        Endurance machine = Start();
        Func<long, bool> isOver = machine.Wait();
        for (int written = 0; written < 60; written++)
        {
            (used, now) = (used + TimeSpan.FromSeconds(1), now + Silence);
            Assert.False(isOver(written));
            Assert.False(isOver(written + 1));
        }
        Assert.Null(machine.Verdict);
    }

    [Fact]
    public void MachineThatWorksForNothingIsGivenUpForGood()
    {
        Endurance machine = Start();
        used = Work + TimeSpan.FromSeconds(1);
        Assert.True(machine.Wait()(1));
        Assert.Contains("60 s of processor time", machine.Verdict);
        used = TimeSpan.Zero;
        Assert.True(machine.Wait()(2));
    }

    [Fact]
    public void MachineThatIsSilentIsGivenUpForGood()
    {
        Endurance machine = Start();
        now += 3 * Silence;
        Func<long, bool> isOver = machine.Wait();
        Assert.False(isOver(5), "nothing was awaited before");
        now += Silence;
        Assert.False(isOver(5));
        now += TimeSpan.FromSeconds(1);
        Assert.True(isOver(5));
        Assert.Contains("10 minutes", machine.Verdict);
        Assert.True(machine.Wait()(6));
    }

    [Fact]
    public void MachineThatComputesWithoutAWordIsGivenUpOnlyWhereThatIsNoSignOfLife()
    {
        var computing = new Endurance(Work, Silence, () => used, () => now, computes: true);
        Func<long, bool> isOver = Start().Wait(), isOverComputing = computing.Wait();
        used += TimeSpan.FromSeconds(1);
        now += Silence + TimeSpan.FromSeconds(1);
        Assert.True(isOver(0));
        Assert.False(isOverComputing(0));
        now += Silence + TimeSpan.FromSeconds(1);
        Assert.True(isOverComputing(0));
    }
}
