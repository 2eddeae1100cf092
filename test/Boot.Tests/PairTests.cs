using System;
using System.Collections.Generic;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>A boot for each number of processors, whose initial domain has two virtual CPUs and tells the stories of pairs.</summary>
public sealed class PairBoots : IDisposable
{
    private readonly Dictionary<int, RunningMachine> _machines = [];

    /// <summary>The machine of so many processors.</summary>
    public RunningMachine On(int processors)
    {
        if (!_machines.TryGetValue(processors, out RunningMachine? machine))
        {
            machine = new RunningMachine($"guests-pairs-{processors}", new MachineSettings
            {
                Memory = "256M",
                Processors = processors,
                CountsInstructions = processors == 1,
                Options = "dom0_max_vcpus=2",
                Modules = [$"../guests.elf guest=all-{PairTests.Folder}"],
            }, Patience.Hypervisor);
            _machines.Add(processors, machine);
        }
        return machine;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RunningMachine machine in _machines.Values)
            machine.Dispose();
    }
}

/// <summary>The micro-guests that use two virtual CPUs, on one processor and on two.</summary>
public sealed class PairTests(PairBoots boots) : IClassFixture<PairBoots>
{
    /// <summary>The folder of their stories.</summary>
    public const string Folder = "pairs";

    /// <summary>Each story on each machine.</summary>
    public static TheoryData<int, string> Stories()
    {
        var rows = new TheoryData<int, string>();
        foreach (string story in MicroGuests.NamesOf(Folder))
        {
            rows.Add(1, story);
            rows.Add(2, story);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void StoryOfTwoEndsWell(int processors, string story) => MicroGuests.ExpectPass(boots.On(processors), "", story);

    /// <summary>On two processors, each of them busy with one of the two.</summary>
    [Fact]
    public void OneExitDeliversOneEvent()
    {
        using var machine = new RunningMachine("guests-sibling", new MachineSettings
        {
            Memory = "256M",
            Processors = 2,
            Modules = ["../guests.elf domain=siblings memory=16M vcpus=2 -- guest=unmasking-sibling"],
        }, Patience.Hypervisor);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("siblings"), "unmasking-sibling");
    }
}
