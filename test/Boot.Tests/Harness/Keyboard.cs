using System;

namespace Serai.Boot.Tests.Harness;

/// <summary>The key chord that moves the keyboard between the hypervisor's own console and the domains, and the hypervisor's keys.</summary>
public static class Keyboard
{
    private const int MostOwners = 24;

    /// <summary>Presses the chord until the keyboard is with the domain; an empty name is the initial domain.</summary>
    public static void MoveTo(RunningMachine machine, string name)
    {
        for (int i = 0; i < MostOwners; i++)
        {
            if (Press(machine).Text.Contains(Expected.KeyboardTo(name), StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException($"the chord never moved the keyboard to {name}");
    }

    /// <summary>Moves the keyboard to the hypervisor, presses one of its keys and waits for a line of the answer.</summary>
    public static Line Command(RunningMachine machine, char key, string answer)
    {
        for (int i = 0; i < MostOwners; i++)
        {
            if (!Press(machine).Text.Contains(Expected.KeyboardToHypervisor, StringComparison.Ordinal))
                continue;
            int from = machine.Now;
            machine.Type(key.ToString());
            return machine.Expect(answer, from);
        }
        throw new InvalidOperationException("the chord never moved the keyboard to the hypervisor");
    }

    private static Line Press(RunningMachine machine)
    {
        int from = machine.Now;
        machine.Type(Expected.KeyboardChord);
        return machine.Expect(Expected.KeyboardMoved, from);
    }
}
