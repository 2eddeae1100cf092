using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// The simulated machine of a test. Each test begins with a new one on its thread, which is off: what needs no more than registers and devices uses
/// it so. <see cref="Start"/> brings another one up, by the hypervisor's own start, with no domain yet. A thread that a test starts is handed its
/// machine (<see cref="SimulatedMachine.Present"/>).
/// </summary>
internal static class TestMachine
{
    private const ulong ImageEnd = HypervisorTables.PhysicalImage + Mfn.Size;

    /// <summary>The processor that the code under test runs on: the first, where the test does not say otherwise.</summary>
    public static ref ProcessorState Processor => ref Processors.All[SimulatedProcessor.Number].Value;

    /// <summary>Gives the machine processors beside its first, before there are domains; they are up and idle.</summary>
    public static void AddProcessors(int count)
    {
        Table<Link<ProcessorState>> before = Processors.All;
        ulong all = before.Length + (ulong)count;
        Assert.True(FrameAllocator.TryTake(1, out Mfn lists));
        DirectMap.Bytes(lists.Address, 2 * Mfn.Size).Clear();
        Processors.All = new Table<Link<ProcessorState>>(lists.Address, all);
        LoadedVcpus.All = new Table<Link<VirtualCpu>>(lists.Address + Mfn.Size, all);
        for (ulong number = 0; number < all; number++)
        {
            Processors.All[number] = number < before.Length ? before[number] : MakeProcessor((uint)number);
            SimulatedProcessor.Number = (uint)number;
            Tlb.Load(HypervisorTables.Root.Address);
        }

        SimulatedProcessor.Number = 0;
    }

    private static Link<ProcessorState> MakeProcessor(uint number)
    {
        const int order = 3;
        Assert.True(FrameAllocator.TryTake(order, out Mfn area));
        DirectMap.Bytes(area.Address, Mfn.Size << order).Clear();
        ref ProcessorState state = ref DirectMap.At<ProcessorState>(area.Address + ProcessorState.StackBytes);
        state.Number = number;
        state.DescriptorWindow = Layout.Descriptors + number * Layout.DescriptorWindow;
        state.DescriptorTable = HypervisorTables.MapDescriptorWindow(state.DescriptorWindow);
        const int splitOrder = 4;
        if (SplitTables.AreOn)
        {
            Assert.True(FrameAllocator.TryTake(splitOrder, out Mfn tables));
            DirectMap.Bytes(tables.Address, Mfn.Size << splitOrder).Clear();
            SplitTables.Prepare(ref state, tables);
        }
        return Link<ProcessorState>.To(ref state);
    }

    /// <summary>A new machine that is off; nothing of the former is left.</summary>
    public static void Begin()
    {
        SimulatedMachine.Begin();
        RoomStates.Begin();
    }

    /// <summary>
    /// Brings a new one up with so many MiB and a command line; `load` may put modules into memory above the image and returns where they end.
    /// </summary>
    public static void Start(int mebibytes = 16, string arguments = "", Func<ulong, ulong>? load = null)
    {
        Begin();
        TimeSource.Now = 1_000_000;
        ulong bytes = (ulong)mebibytes << 20;
        Arena.Reset(bytes);
        BootInformation.Reset(new E820Entry { Address = 0, Size = bytes, Type = E820Type.Ram });
        // As a loader gives it, the image first.
        BootInformation.Arguments = $"serai {arguments}";
        ulong end = load?.Invoke(ImageEnd) ?? ImageEnd;
        BootMemory.Reset((end + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1));
        Hypervisor.Start.StartConsole();
        Hypervisor.Start.StartMemory();
        Hypervisor.Start.StartProcessor();
        Hypervisor.Start.StartTime();
        Coroutine.Body = Hypervisor.Building.Rebuilds.DoAll;
        TimeSource.Now += 1_000_000;
        Tlb.Load(HypervisorTables.Root.Address);
        Journal.Clear();
        Serial.Clear();
    }
}
