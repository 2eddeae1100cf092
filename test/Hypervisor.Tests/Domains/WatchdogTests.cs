using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>SCHEDOP_watchdog: who does not wind it up again in time is shut down.</summary>
public sealed class WatchdogTests
{
    private const ulong Second = 1_000_000_000;

    private readonly TinyGuest bystander, guest;

    public WatchdogTests()
    {
        TestMachine.Start();
        bystander = new TinyGuest("bystander");
        guest = new TinyGuest("one", vcpus: 2);
        guest.Enter();
        Assert.True(guest.IsAlive && bystander.IsAlive);
    }

    private static long Set(TinyGuest who, uint id, uint seconds)
        => who.Ask(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, new SchedWatchdog { Id = id, Timeout = seconds }).Result;

    /// <summary>Time passes, and the processor takes its timer's interrupt.</summary>
    private static void Pass(ulong nanoseconds)
    {
        TimeSource.Now += nanoseconds;
        Preemption.Begin();
        TestMachine.Processor.Work |= ProcessorWork.Timer;
        Work.Run(ref TestMachine.Processor);
    }

    [Fact]
    public void IdsAreGivenAndTakenAsInXen()
    {
        foreach ((uint id, uint seconds, long expected) in new[]
        {
            (1u, 0u, -(long)Errno.Inval), (1u, 1000u, -(long)Errno.Inval), (3u, 0u, -(long)Errno.Inval), (0u, 1000u, 1), (0u, 2000u, 2),
            (0u, 3000u, -(long)Errno.NoSpc), (1u, 5000u, 0), (2u, uint.MaxValue, 0), (3u, 1u, -(long)Errno.Inval),
            (uint.MaxValue, 0u, -(long)Errno.Inval), (1u, 0u, 0), (1u, 0u, -(long)Errno.Inval), (1u, 5000u, -(long)Errno.Inval),
            (0u, uint.MaxValue, 1), (2u, 0u, 0), (2u, 0u, -(long)Errno.Inval), (1u, 0u, 0),
        })
            Assert.Equal(expected, Set(guest, id, seconds));
        Assert.Equal(-(long)Errno.Fault, guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, 16));
        Assert.Equal(0u, Timers.CountOn(0));
        Pass(uint.MaxValue * Second);
        Assert.True(guest.IsAlive);
    }

    [Fact]
    public void OneThatIsNotWoundUpEndsItsDomain()
    {
        Assert.Equal(1, Set(guest, 0, 2));
        Assert.True(ProcessorTimer.All[0].Programmed <= SystemTime.Now + 2 * Second, "nothing wakes the processor");
        Pass(2 * Second - 1);
        Assert.True(guest.IsAlive);
        Pass(1);
        Assert.False(guest.IsAlive);
        Assert.True(bystander.IsAlive);
        Assert.Contains("domain one: was stopped by its watchdog", Serial.Output);
    }

    [Fact]
    public void OneThatIsWoundUpBeginsAnew()
    {
        Assert.Equal(1, Set(guest, 0, 2));
        for (int turn = 0; turn < 3; turn++)
        {
            Pass(2 * Second - 1);
            guest.Enter();
            Assert.Equal(0, Set(guest, 1, 2));
        }
        Assert.True(guest.IsAlive);
        Pass(2 * Second);
        Assert.False(guest.IsAlive);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void TheFirstOfTwoCountsUntilItIsLetGo(uint kept, uint seconds)
    {
        Assert.Equal((1, 2), (Set(guest, 0, 3), Set(guest, 0, 5)));
        Assert.Equal(0, Set(guest, 3 - kept, 0));
        Pass(seconds * Second - 1);
        Assert.True(guest.IsAlive);
        Pass(1);
        Assert.False(guest.IsAlive);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    public void TheFirstOfTwoEndsTheDomain(uint one, uint two)
    {
        Assert.Equal((1, 2), (Set(guest, 0, one), Set(guest, 0, two)));
        Pass(3 * Second - 1);
        Assert.True(guest.IsAlive);
        Pass(1);
        Assert.False(guest.IsAlive);
    }

    [Fact]
    public void NobodyIsTooDeepAsleepForIt()
    {
        Assert.Equal(1, Set(guest, 0, 1));
        guest.Domain.Vcpu(1).IsInitialised = true;
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.Up, 1));
        Scheduler.Pause(ref guest.Domain.Vcpu(1), PauseReasons.Blocked);
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.Down, 0));
        Pass(Second);
        Assert.False(guest.IsAlive);
    }

    [Fact]
    public void OnesThatRunOutTogetherEndTheirDomainsInTurn()
    {
        var other = new TinyGuest("other");
        Assert.True(other.IsAlive);
        Assert.Equal(1, Set(guest, 0, 1));
        other.Enter();
        Assert.Equal(1, Set(other, 0, 1));
        Pass(Second);
        Assert.True(guest.IsAlive != other.IsAlive);
        Pass(0);
        Assert.False(guest.IsAlive || other.IsAlive);
        Assert.True(bystander.IsAlive);
    }

    [Fact]
    public void ADomainThatHasEndedIsNotEndedAgain()
    {
        guest.Domain.Keeper = DomainKeeper.Maker;
        Assert.Equal(1, Set(guest, 0, 1));
        Assert.Equal(0, guest.Ask(Hypercall.SchedOp, (ulong)SchedCommand.Shutdown, new SchedShutdown { Reason = ShutdownReason.Suspend }).Result);
        Pass(Second);
        Assert.Equal((DomainStage.ShutDown, ShutdownReason.Suspend), (guest.Domain.Stage, guest.Domain.ShutdownReason));
        Assert.DoesNotContain("watchdog", Serial.Output);
    }

    [Fact]
    public void TheInitialDomainsEndsTheMachineAsACrashDoes()
    {
        var initial = new TinyGuest("Domain-0", initial: true);
        initial.Enter();
        Assert.Equal(1, Set(initial, 0, 7));
        Journal.Clear();
        Assert.Throws<MachineHalted>(() => Pass(7 * Second));
        Assert.Contains(Journal.Entries, entry => entry.Act == Act.Reset);
        Assert.Contains("Domain-0: was stopped by its watchdog", Serial.Output);
        Assert.Contains("restart", Serial.Output);
    }
}
