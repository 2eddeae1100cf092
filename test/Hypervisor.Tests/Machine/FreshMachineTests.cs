using System;
using System.Threading;

using Serai.Hypervisor.Frames;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Each test has a new machine of its own, from before its class is constructed until it is disposed of.</summary>
public sealed class FreshMachineTests : IDisposable
{
    private readonly SimulatedMachine machine = SimulatedMachine.Present;

    public FreshMachineTests()
    {
        Assert.Equal((0ul, Leaks.None, true), (Arena.Length, Speculation.Leaks, HypervisorLock.IsHeld));
        Assert.Equal((0u, 0ul, Frame.Nil), (Acpi.ProcessorCount, FrameAllocator.FreeCount, FramesState.Now.FrameAllocatorWatched));
        Assert.Empty(Journal.Entries);
        Assert.Empty(SimulatedProcessor.Cpuid);
    }

    /// <inheritdoc/>
    public void Dispose() => Assert.Same(machine, SimulatedMachine.Present);

    /// <summary>Whichever of these comes first, the other finds nothing of it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NothingIsLeftOfTheTestBefore(uint processors)
    {
        Assert.Same(machine, SimulatedMachine.Present);
        Acpi.Find();
        Arena.Reset(1ul << 20);
        FrameAllocator.Initialise();
        HypervisorLock.Release();
        Speculation.Leaks = Leaks.Mapped;
        FramesState.Now.FrameAllocatorWatched = processors;
        SimulatedProcessor.Cpuid[(processors, 0)] = (1, 2, 3, 4);
        Journal.Write(Act.Reset);
        InterruptRouting.AddChip(processors, 0);
    }

    [Fact]
    public void AStartBringsUpAnotherMachine()
    {
        TestMachine.Start(load: FirmwareTables.Processors(3));
        Assert.Equal(3u, Acpi.ProcessorCount);
        SplitTables.AreOn = true;
        TestMachine.Start();
        Assert.Equal((0u, false), (Acpi.ProcessorCount, SplitTables.AreOn));
        Assert.NotSame(machine, SimulatedMachine.Present);
        SimulatedMachine.Present = machine;
        Assert.Equal(0ul, FrameAllocator.FreeCount);
    }

    [Fact]
    public void AnotherThreadHasItWhenItIsHandedOver()
    {
        bool hadNone = false;
        uint seen = 0;
        FramesState.Now.FrameAllocatorWatched = 5;
        var other = new Thread(() =>
        {
            hadNone = Assert.Throws<InvalidOperationException>(() => Arena.Length) is not null;
            SimulatedMachine.Present = machine;
            seen = FramesState.Now.FrameAllocatorWatched++;
        });
        other.Start();
        other.Join();
        Assert.Equal((true, 5u, 6u), (hadNone, seen, FramesState.Now.FrameAllocatorWatched));
    }
}
