using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

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
        Func<DateTime, bool> isOver = machine.Wait();
        for (int turn = 0; turn < 60; turn++)
        {
            (used, now) = (used + TimeSpan.FromSeconds(1), now + Silence);
            Assert.False(isOver(now - TimeSpan.FromMinutes(1)));
        }
        Assert.Null(machine.Verdict);
    }

    [Fact]
    public void MachineThatWorksForNothingIsGivenUpForGood()
    {
        Endurance machine = Start();
        used = Work + TimeSpan.FromSeconds(1);
        Assert.True(machine.Wait()(now));
        Assert.Contains("60 s of processor time", machine.Verdict);
        used = TimeSpan.Zero;
        Assert.True(machine.Wait()(now));
    }

    [Fact]
    public void MachineThatIsSilentIsGivenUpForGood()
    {
        Endurance machine = Start();
        now += 3 * Silence;
        Func<DateTime, bool> isOver = machine.Wait();
        Assert.False(isOver(DateTime.UnixEpoch), "nothing was awaited before");
        now += Silence;
        Assert.False(isOver(DateTime.UnixEpoch));
        now += TimeSpan.FromSeconds(1);
        Assert.True(isOver(DateTime.UnixEpoch));
        Assert.Contains("10 minutes", machine.Verdict);
        Assert.True(machine.Wait()(now));
    }
}
