using System;
using System.Threading;

namespace Serai.Boot.Tests.Harness;

/// <summary>The key chord that moves the keyboard between the hypervisor's own console and the domains, and the hypervisor's keys.</summary>
public static class Keyboard
{
    private const int MostOwners = 24;

    /// <summary>
    /// Presses the chord until the keyboard is with the domain; an empty name is the initial domain. In a crowd the domain's id is typed to the
    /// hypervisor instead.
    /// </summary>
    public static void MoveTo(RunningMachine machine, string name)
    {
        for (int i = 0; i < MostOwners; i++)
        {
            if (Press(machine).Text.Contains(Expected.KeyboardTo(name), StringComparison.Ordinal))
                return;
        }
        const string word = ": id ";
        string started = machine.Expect(Expected.Started(name)).Text;
        string id = started[(started.IndexOf(word, StringComparison.Ordinal) + word.Length)..].Split(',')[0];
        int from = machine.Now;
        machine.Type(Expected.StraightChord + id + "k");
        machine.Expect(Expected.KeyboardTo(name), from);
    }

    /// <summary>Moves the keyboard to the hypervisor, presses one of its keys and waits for a line of the answer.</summary>
    public static Line Command(RunningMachine machine, char key, string answer)
    {
        int from = machine.Now;
        machine.Type(Expected.StraightChord);
        from = machine.Expect(Expected.KeyboardToHypervisor, from).Index;
        machine.Type(key.ToString());
        return machine.Expect(answer, from);
    }

    /// <summary>
    /// Presses a key of the hypervisor's that ends the machine's run, and its second key, both by themselves. On a busy host keys may arrive together
    /// all the same, and do nothing: then it is tried again.
    /// </summary>
    public static Line End(RunningMachine machine, char key, string announced)
    {
        while (true)
        {
            Line? answer = TryPressAlone(machine, key, "? y ", "came together");
            if (answer is not null)
                answer = TryPressAlone(machine, 'y', announced, "nothing is done");
            if (answer is not null)
                return answer;
        }
    }

    private static Line? TryPressAlone(RunningMachine machine, char key, string good, string bad)
    {
        int from = machine.Now;
        Thread.Sleep(300);
        machine.Type(key.ToString());
        Line line = machine.Expect($"'{good}'", line => line.Text.Contains(good, StringComparison.Ordinal)
            || line.Text.Contains(bad, StringComparison.Ordinal), from);
        return line.Text.Contains(good, StringComparison.Ordinal) ? line : null;
    }

    private static Line Press(RunningMachine machine)
    {
        int from = machine.Now;
        machine.Type(Expected.KeyboardChord);
        return machine.Expect(Expected.KeyboardMoved, from);
    }
}
