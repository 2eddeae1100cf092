using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Scheduling;
using Serai.Hypervisor.Traps;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>What idle processors do for the machine, and that whoever runs does not feel it.</summary>
public sealed class HouseworkTests
{
    private const ulong Microsecond = 1_000;

    private static ref ProcessorState Processor(uint number) => ref Processors.All[number].Value;

    /// <summary>The lock is not held while frames are cleared; afterwards it is again.</summary>
    [Fact]
    public void FramesAreClearedWithoutTheLock()
    {
        _ = new SchedulingWorld(2);
        Assert.True(FrameAllocator.TryTake(0, out Mfn frame));
        Arena.Words(frame)[0] = 1;
        FrameAllocator.Free(frame, 0);
        bool seen = false;
        SimulatedProcessor.WhileWaiting = () => seen |= !HypervisorLock.IsHeld && Arena.Words(frame)[0] == 0;
        for (int turn = 0; turn < 10_000 && !seen && Housework.TryKeep(ref Processor(0), isDue: false); turn++)
            Assert.True(HypervisorLock.IsHeld);
        Assert.True(seen && HypervisorLock.IsHeld);
    }

    /// <summary>While one does it, another that idles does nothing, and does not wait for it either.</summary>
    [Fact]
    public void OneProcessorDoesTheHousework()
    {
        _ = new SchedulingWorld(3);
        int asked = 0;
        SimulatedProcessor.WhileWaiting = () =>
        {
            HypervisorLock.Acquire();
            Assert.True(Housework.IsAnothers);
            Assert.False(Housework.TryKeep(ref Processor(2), isDue: true));
            HypervisorLock.Release();
            asked++;
        };
        Assert.True(Housework.TryKeep(ref Processor(1), isDue: true));
        Assert.True(asked > 0);
        Assert.False(Housework.IsAnothers);
    }

    private static ulong Outside(bool wanted, ulong held, Action? meanwhile = null)
    {
        _ = new SchedulingWorld(2);
        Housework.TryKeep(ref Processor(0), isDue: true);
        TimeSource.Now += held;
        ulong begun = TimeSource.Now;
        Processor(0).LockWanted = wanted ? (byte)1 : (byte)0;
        SimulatedProcessor.WhileWaiting = () =>
        {
            Processor(0).LockWanted = 0;
            meanwhile?.Invoke();
            TimeSource.Now += Microsecond;
        };
        Housework.TryKeep(ref Processor(0), isDue: true);
        return TimeSource.Now - begun;
    }

    /// <summary>Nobody waited: it goes on at once. Somebody did: that one has the lock for itself for many times as long.</summary>
    [Theory]
    [InlineData(false, 20 * Microsecond, 0, 2 * Microsecond)]
    [InlineData(true, 20 * Microsecond, 620 * Microsecond, 623 * Microsecond)]
    [InlineData(true, 2 * Microsecond, 62 * Microsecond, 65 * Microsecond)]
    [InlineData(true, 5_000 * Microsecond, 31_000 * Microsecond, 31_003 * Microsecond)]
    public void WhoHadToWaitHasTheLockToItself(bool wanted, ulong held, ulong least, ulong most)
        => Assert.InRange(Outside(wanted, held), least, most);

    /// <summary>But a processor that has been given somebody to run comes back at once.</summary>
    [Fact]
    public void AProcessorWithWorkDoesNotStayOut()
        => Assert.InRange(Outside(wanted: true, 100 * Microsecond, () => Processor(0).Work |= ProcessorWork.Schedule), 0ul, 3 * Microsecond);

    /// <summary>A domain of some frames is dead, and a processor that runs another has its slice over: that processor.</summary>
    private static ref ProcessorState BesideADeath(out ushort id)
    {
        var world = new SchedulingWorld(2);
        SimulatedGuest busy = world.AddBusy(256), dead = world.AddBusy(256);
        world.Settle();
        for (int frame = 0; frame < 500; frame++)
            Assert.True(Allocations.TryGive(ref dead.Domain, 0, 64, out _));
        ref ProcessorState processor = ref busy.Vcpu.Processor.Value;
        id = dead.Domain.Id;
        DomainLife.ShutDown(ref dead.Domain, ShutdownReason.Crash);
        SimulatedProcessor.Number = dead.Vcpu.Processor.Value.Number;
        SimulatedProcessor.WhileWaiting = () => Processor(SimulatedProcessor.Number).Work |= ProcessorWork.Schedule;
        Scheduler.TryChoose(ref Processor(SimulatedProcessor.Number), out _);
        SimulatedProcessor.Number = processor.Number;
        Preemption.Budget = 50;
        return ref processor;
    }

    /// <summary>
    /// A dead domain is torn down on a processor that runs somebody, after its slice: in short pieces, between which another that waits has the
    /// lock.
    /// </summary>
    [Fact]
    public void TheLockIsGivenUpBetweenThePiecesOfATeardown()
    {
        ref ProcessorState processor = ref BesideADeath(out ushort id);
        int given = 0;
        uint here = processor.Number;
        SimulatedProcessor.WhilePausing = () =>
        {
            Assert.False(HypervisorLock.IsHeld);
            Processor(here).LockWanted = 0;
            given++;
        };
        (processor.Work, processor.LockWanted) = (ProcessorWork.Timer | ProcessorWork.Teardown, 1);
        Preemption.Begin();
        Work.Run(ref processor);
        for (int turn = 0; turn < 100 && DomainTable.TryFind(id, out _); turn++)
        {
            (processor.Work, processor.LockWanted) = (ProcessorWork.Timer, 1);
            Preemption.Begin();
            Work.Run(ref processor);
        }
        Assert.InRange(given, 2, 100);
        Assert.False(DomainTable.TryFind(id, out _));
    }

    /// <summary>Who has the lock in between begins a share of its own; the dead do not get that one too.</summary>
    [Fact]
    public void WhoIsLetInBetweenMakesTheShareNoLonger()
    {
        ref ProcessorState processor = ref BesideADeath(out ushort id);
        uint here = processor.Number;
        int given = 0;
        SimulatedProcessor.WhilePausing = () =>
        {
            Processor(here).LockWanted = 0;
            Preemption.Budget = 100_000;
            HypervisorLock.Acquire();
            Preemption.Begin();
            HypervisorLock.Release();
            Preemption.Budget = 50;
            given++;
        };
        for (int turn = 0; turn < 100 && given == 0; turn++)
        {
            (processor.Work, processor.LockWanted) = (ProcessorWork.Timer | ProcessorWork.Teardown, 1);
            Preemption.Begin();
            Work.Run(ref processor);
        }
        Assert.Equal(1, given);
        Assert.True(DomainTable.TryFind(id, out Link<Domain> dead) && dead.Value.Memory.PageCount > 400);
    }
}
