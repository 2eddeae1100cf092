using System;

using Serai.Abi;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>A simulated machine that has just come up, by the hypervisor's own start, with no domain yet.</summary>
internal static class TestMachine
{
    private const ulong ImageEnd = HypervisorTables.PhysicalImage + Mfn.Size;

    private static readonly string[] order = ["StartConsole", "StartMemory", "StartProcessor", "StartTime"];

    /// <summary>The one processor.</summary>
    public static ref ProcessorState Processor => ref State.Processors[0].Value;

    /// <summary>
    /// Brings it up with so many MiB and a command line; `load` may put modules into memory above the image and returns where they end.
    /// </summary>
    public static void Start(int mebibytes = 16, string arguments = "", Func<ulong, ulong>? load = null)
    {
        Statics.Restore();
        SimulatedProcessor.Reset();
        Serial.Clear();
        TimeSource.Hertz = 1_000_000_000;
        TimeSource.Now = 1_000_000;
        RealTimeClock.Seconds = 1_700_000_000;
        ulong bytes = (ulong)mebibytes << 20;
        Arena.Reset(bytes);
        BootInformation.Reset(new E820Entry { Address = 0, Size = bytes, Type = E820Type.Ram });
        BootInformation.Arguments = arguments;
        ulong end = load?.Invoke(ImageEnd) ?? ImageEnd;
        BootMemory.Reset((end + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1));
        foreach (string step in order)
            Statics.Method<Action>(typeof(Start), step)();
        Coroutine.Body = Hypervisor.Building.Rebuilds.DoAll;
        TimeSource.Now += 1_000_000;
        Tlb.Load(HypervisorTables.Root.Address);
        Journal.Clear();
        Serial.Clear();
    }
}
