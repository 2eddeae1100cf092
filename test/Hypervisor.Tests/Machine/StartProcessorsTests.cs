using System;
using System.Linq;

using Serai.Hypervisor.Ground;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>The processors that cannot be used are named, and the rest is.</summary>
public sealed class StartProcessorsTests
{
    private ulong _counter = 1_000_000;

    private void StartAll(string arguments, Func<ulong, ulong> load)
    {
        TestMachine.Start(arguments: arguments, load: load);
        TimeSource.Reading = () => _counter += 20;
        SimulatedProcessor.WhilePausing = () => _counter += 1_000_000;
        Hypervisor.Start.StartProcessors();
    }

    /// <summary>The second says that it is up, and then nothing more.</summary>
    [Fact]
    public void OneThatIsSilentAndOneThatCannotBeReachedAreLeftOut()
    {
        StartAll("", place => FirmwareTables.Put(place,
            FirmwareTables.Madt(FirmwareTables.LocalApic(0), FirmwareTables.LocalApic(1), FirmwareTables.LocalX2Apic(300))));
        Assert.Contains("the processor with APIC identifier 1 does not answer", Serial.Output, StringComparison.Ordinal);
        // It must not come back while the next one is asked.
        Assert.Equal([new JournalEntry(Act.ResetOther, 1)], Journal.Entries.Where(it => it.Act == Act.ResetOther));
        Assert.Contains("identifier 300 cannot be reached without x2APIC mode: left out", Serial.Output, StringComparison.Ordinal);
        Assert.Contains("processors: 1 of 3", Serial.Output, StringComparison.Ordinal);
        Assert.Equal(1ul, Processors.All.Length);
    }

    [Fact]
    public void ThoseBeyondSixtyFourAreNamed()
    {
        StartAll("maxcpus=1", FirmwareTables.Processors(70));
        Assert.Contains("6 more processors, with APIC identifiers from 64 to 69, are left out", Serial.Output, StringComparison.Ordinal);
        Assert.Contains("processors: 1 of 70", Serial.Output, StringComparison.Ordinal);
    }

    /// <summary>An identifier of more than eight bits turns x2APIC mode on, where the processor has it.</summary>
    [Fact]
    public void AWideIdentifierAsksForTheWideMode()
    {
        byte[] table = FirmwareTables.Madt(FirmwareTables.LocalApic(0), FirmwareTables.LocalX2Apic(300));
        TestMachine.Start(load: place => FirmwareTables.Put(place, table));
        SimulatedProcessor.Cpuid[(1, 0)] = (0, 0, 1u << 21, 0);
        Hypervisor.Start.StartTime();
        Assert.Contains("x2APIC mode", Serial.Output, StringComparison.Ordinal);
        Assert.True(Serai.Machine.Interrupts.LocalApic.CanReach(300));
    }
}
