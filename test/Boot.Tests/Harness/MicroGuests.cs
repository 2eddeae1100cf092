using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Serai.Boot.Tests.Harness;

/// <summary>
/// The micro-guests of test/Guests: which there are, and what they said. All are in out/guests.elf; out/guests.list has lines 'FOLDER NAME'.
/// </summary>
public static class MicroGuests
{
    /// <summary>The folders whose stories run one after the other in one domain, by privilege or without.</summary>
    public static readonly string[] Folders = ["memory", "processor", "channels", "time", "scheduling", "control", "grants"];

    /// <summary>A module that runs stories in an unprivileged domain: one by its name, or with all-FOLDER all of a folder.</summary>
    public static string Domain(string name, string stories) => $"../guests.elf domain={name} memory=16M -- guest={stories}";

    /// <summary>The stories of some folders; without the list there are none, which xunit reports as a failure.</summary>
    public static TheoryData<string, string> Stories(params string[] folders)
    {
        var stories = new TheoryData<string, string>();
        if (!File.Exists(Workspace.MicroGuestList))
            return stories;
        foreach (string line in File.ReadLines(Workspace.MicroGuestList))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && folders.Contains(words[0]))
                stories.Add(words[0], words[1]);
        }
        return stories;
    }

    /// <summary>The names of the stories of a folder.</summary>
    public static IReadOnlyList<string> NamesOf(string folder)
    {
        string start = folder + " ";
        IEnumerable<string> lines = File.ReadLines(Workspace.MicroGuestList).Where(line => line.StartsWith(start, StringComparison.Ordinal));
        return [.. lines.Select(line => line[start.Length..])];
    }

    /// <summary>
    /// Waits until a domain has told all its stories, and asks for the verdict of one. The prefix is the domain's, empty for the initial one.
    /// </summary>
    public static void ExpectPass(RunningMachine machine, string prefix, string story)
    {
        machine.Expect("the end of the stories", line => line.Text.EndsWith($"{prefix}{Expected.EndOfStories}", StringComparison.Ordinal));
        string[] bad = [.. machine.Lines().Select(line => line.Text)
            .Where(text => text.Contains($"{prefix}{Expected.Fail}{story}:", StringComparison.Ordinal)).Take(20)];
        Assert.True(bad.Length == 0, string.Join('\n', bad));
        Assert.Contains(machine.Lines(), line => line.Text.Trim() == $"{prefix}{Expected.Pass(story)}");
    }
}
