using System;
using System.Collections.Generic;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>One boot for each folder of stories, on one processor and 256 MiB, begun when the first of its stories is asked for.</summary>
public sealed class MicroGuestBoots : IDisposable
{
    private readonly Dictionary<string, RunningMachine> _machines = [];

    /// <summary>The machine whose initial domain tells the stories of a folder.</summary>
    public RunningMachine For(string folder)
    {
        if (!_machines.TryGetValue(folder, out RunningMachine? machine))
        {
            machine = new RunningMachine($"guests-{folder}", new MachineSettings
            {
                Memory = "256M",
                CountsInstructions = true,
                Modules = [$"../guests.elf guest=all-{folder}"],
            }, Patience.Hypervisor);
            _machines.Add(folder, machine);
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

/// <summary>The micro-guests as the initial domain: privileged, and the machine goes off with them.</summary>
public sealed class MicroGuestTests(MicroGuestBoots boots) : IClassFixture<MicroGuestBoots>
{
    /// <summary>All stories of a life that goes on.</summary>
    public static TheoryData<string, string> Stories() => MicroGuests.Stories(MicroGuests.Folders);

    [Theory]
    [MemberData(nameof(Stories))]
    public void StoryEndsWellForTheInitialDomain(string folder, string story) => MicroGuests.ExpectPass(boots.For(folder), "", story);
}
