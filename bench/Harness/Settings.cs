using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;

namespace Serai.Bench;

/// <summary>What the command line asks for.</summary>
public sealed record Settings
{
    /// <summary>Whether the clock counts instructions; otherwise it is the host's.</summary>
    public bool CountsInstructions { get; init; } = true;

    /// <summary>How often every system is booted, by turns, where the clock is the host's.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How often a row is repeated in one boot.</summary>
    public int Repetitions { get; init; } = 3;

    /// <summary>tcg or kvm.</summary>
    public string Accelerator { get; init; } = "tcg";

    /// <summary>The systems, in the order in which they are booted.</summary>
    public IReadOnlyList<TargetSystem> Systems { get; init; } = [TargetSystem.Native, TargetSystem.Serai, TargetSystem.Xen];

    /// <summary>Whether few rows are enough: does the harness work at all?</summary>
    public bool Quick { get; init; }

    /// <summary>Whether docs/performance.md and its plots are written anew.</summary>
    public bool Record { get; init; }

    /// <summary>Whether nothing is booted, and what the last boots left in out/bench is read again.</summary>
    public bool Replay { get; init; }

    /// <summary>Whether every experiment is run, not only those that are named.</summary>
    public bool All { get; init; }

    /// <summary>Whether nothing is done, and told is what has to be prepared for the experiments.</summary>
    public bool Needs { get; init; }

    /// <summary>A row to show by function of the hypervisor, alone.</summary>
    public string? Symbols { get; init; }

    /// <summary>After how many seconds of processor time a boot is given up.</summary>
    public int Patience { get; init; } = 3600;

    /// <summary>More words for the hypervisors' command line, Serai's and Xen's alike.</summary>
    public string HypervisorWords { get; init; } = "";

    /// <summary>Topics, keys, guests and experiments; none means all rows.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>How a person would ask for the same.</summary>
    public string Command { get; init; } = "./run bench";

    /// <summary>Reads the command line.</summary>
    public static Settings Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Settings();
        IEnumerable<string> told = arguments.Where(word => word is not ("--record" or "--replay"));
        settings = settings with { Command = string.Join(' ', told.Prepend("./run bench")) };
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (word is "--quick")
                settings = settings with { Quick = true, Repetitions = 1, Systems = [TargetSystem.Native, TargetSystem.Serai], Patience = 300 };
            else if (word is "--record")
                settings = settings with { Record = true };
            else if (word is "--replay")
                settings = settings with { Replay = true };
            else if (word is "--all")
                settings = settings with { All = true };
            else if (word is "--needs")
                settings = settings with { Needs = true };
            else if (!word.StartsWith("--", StringComparison.Ordinal))
                settings = settings with { Words = [.. settings.Words, word] };
            else if (++i < arguments.Count)
                settings = settings.With(word, arguments[i]);
            else
                throw new InvalidDataException($"{word} wants a value");
        }
        return settings;
    }

    private Settings With(string option, string value) => option switch
    {
        "--mode" when value is "icount" or "wall" => this with { CountsInstructions = value == "icount" },
        "--accel" => this with { Accelerator = value },
        "--rounds" => this with { Rounds = Positive(option, value) },
        "--repetitions" => this with { Repetitions = Positive(option, value) },
        "--patience" => this with { Patience = Positive(option, value) },
        "--systems" => this with { Systems = [.. value.Split(',').Select(TargetSystems.Parse)] },
        "--hypervisor" => this with { HypervisorWords = value },
        "--symbols" => this with { Symbols = value },
        _ => throw new InvalidDataException($"{option} {value}: no such option, or not this value"),
    };

    private static int Positive(string option, string value)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and < 100_000 ? number
            : throw new InvalidDataException($"{option} wants a positive number, not '{value}'");
}
