using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Building;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>A domain that reboots again and again is held back; the clock here is in nanoseconds.</summary>
public sealed class RebootLimitTests
{
    private const ulong Second = 1_000_000_000;

    public RebootLimitTests()
    {
        TestKernel.Boot(64, "", (TestKernel.Make(), "kernel domain=a memory=2M"));
        ModuleDomains.StartAll();
    }

    private static bool TryFind(out Link<Domain> domain) => DomainTable.TryFind(Encoding.ASCII.GetBytes("a"), out domain);

    /// <summary>One life and its end; whether the next one is asked for at once.</summary>
    private static bool Live(ulong nanoseconds, ShutdownReason reason = ShutdownReason.Reboot)
    {
        Assert.True(TryFind(out Link<Domain> domain));
        Assert.Equal(DomainStage.Alive, domain.Value.Stage);
        TimeSource.Now += nanoseconds;
        DomainLife.ShutDown(ref domain.Value, reason);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        return BuildRequests.AreWaiting;
    }

    private static void LiveQuickly(uint lives)
    {
        for (uint life = 0; life < lives; life++)
        {
            Assert.True(Live(Second));
            Rebuilds.DoAll();
        }
    }

    /// <summary>The processor takes its timer's interrupt and does what it has noted then.</summary>
    private static void Tick()
    {
        Preemption.Begin();
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
        if ((TestMachine.Processor.Work & ProcessorWork.Teardown) != 0)
            Teardown.Step(ref TestMachine.Processor);
    }

    [Fact]
    public void AFewQuickLivesAreFreeAndThenTheNextWaitsForItsTime()
    {
        LiveQuickly(RebootLimit.FreeReboots);
        Assert.DoesNotContain("held back", Serial.Output);
        Assert.False(Live(Second));
        Assert.Contains("domain a: reboots again and again; its next life is held back for 1 s", Serial.Output);
        Assert.True(TryFind(out Link<Domain> held));
        Assert.Equal((TeardownPhase.HeldBack, 0ul), (held.Value.Teardown.Phase, Remains.CountOf(ref held.Value)));
        Assert.True(ProcessorTimer.All[0].Programmed <= held.Value.Teardown.HeldUntil, "nothing wakes the processor");
        TimeSource.Now += Second - Second / 100;
        TestMachine.Processor.Work = ProcessorWork.None;
        Tick();
        Teardown.Step(ref TestMachine.Processor);
        Assert.False(BuildRequests.AreWaiting);
        TimeSource.Now += Second / 50;
        TestMachine.Processor.Work = ProcessorWork.None;
        Tick();
        Assert.True(BuildRequests.AreWaiting);
        Rebuilds.DoAll();
        Assert.False(Live(Second));
        Assert.Contains("held back for 2 s", Serial.Output);
    }

    [Fact]
    public void ALongLifeForgetsTheQuickOnes()
    {
        LiveQuickly(RebootLimit.FreeReboots);
        Assert.True(Live(RebootLimit.QuickLife + Second));
        Rebuilds.DoAll();
        LiveQuickly(RebootLimit.FreeReboots);
        Assert.False(Live(Second));
    }

    /// <summary>Others die meanwhile as ever.</summary>
    [Fact]
    public void WhoIsHeldBackHoldsNobodyElseBack()
    {
        LiveQuickly(RebootLimit.FreeReboots);
        Assert.False(Live(Second));
        var other = new TinyGuest("other");
        ushort id = other.Id;
        DomainLife.ShutDown(ref other.Domain, ShutdownReason.PowerOff);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(DomainTable.TryFind(id, out _));
        Assert.True(TryFind(out _));
    }

    [Fact]
    public void WhoPowersOffIsNotHeldBack()
    {
        LiveQuickly(RebootLimit.FreeReboots);
        Assert.False(Live(Second, ShutdownReason.PowerOff));
        Assert.False(TryFind(out _));
    }

    [Theory]
    [InlineData(0u, 0ul)]
    [InlineData(RebootLimit.FreeReboots, 0ul)]
    [InlineData(RebootLimit.FreeReboots + 1, Second)]
    [InlineData(RebootLimit.FreeReboots + 6, 32 * Second)]
    [InlineData(RebootLimit.FreeReboots + 7, RebootLimit.LongestWait)]
    [InlineData(uint.MaxValue, RebootLimit.LongestWait)]
    public void TheWaitDoublesUpToAMinute(uint quickReboots, ulong nanoseconds) => Assert.Equal(nanoseconds, RebootLimit.WaitAfter(quickReboots));
}
