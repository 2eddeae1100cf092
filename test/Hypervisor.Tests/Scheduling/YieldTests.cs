using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>What a virtual CPU gets that gives its turn away.</summary>
public sealed class YieldTests
{
    /// <summary>
    /// Who yields again and again until another has done something, as Linux does while a virtual CPU of its own comes up, takes the lock each time.
    /// Where nobody waits for the turn, it pauses between two of them; it does not where another gets the turn, after the end of a slice, or on a
    /// machine with one processor.
    /// </summary>
    [Theory]
    [InlineData(2, true, false, true)]
    [InlineData(2, true, true, false)]
    [InlineData(2, false, false, false)]
    [InlineData(1, true, false, false)]
    public void WhoYieldsToNobodyPausesWithoutTheLock(int processors, bool yields, bool isAnotherThere, bool pauses)
    {
        TestMachine.Start(load: FirmwareTables.Processors(processors));
        TinyGuest guest = new("one"), other = new("other");
        Assert.True(Scheduler.TrySetAffinity(ref guest.Vcpu, 1) && Scheduler.TrySetAffinity(ref other.Vcpu, 1));
        if (!isAnotherThere)
            Scheduler.Pause(ref other.Vcpu, PauseReasons.Blocked);
        ref ProcessorState processor = ref Processors.All[0].Value;
        processor.Work = ProcessorWork.Schedule;
        ref VirtualCpu first = ref Work.Run(ref processor);
        if (yields)
            Scheduler.Yield(ref first);
        else
            processor.Work = ProcessorWork.Schedule;
        ref VirtualCpu next = ref Entry.PendingWork(ref first);
        Assert.Equal(!isAnotherThere, Link<VirtualCpu>.To(ref next).Same(ref first));
        Assert.Equal(pauses, processor.Awaits != 0);
        int looks = 0;
        SimulatedProcessor.WhilePausing = () => { Assert.False(HypervisorLock.IsHeld); looks++; };
        if (processor.Awaits != 0)
            WayIn.GiveWay(ref next);
        SimulatedProcessor.WhilePausing = null;
        Assert.Equal(pauses ? 1 : 0, looks);
        Assert.Equal(0, processor.Awaits);
    }
}
