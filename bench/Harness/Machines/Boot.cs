using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Bench.Machines;

/// <summary>A line of bench/boots: on which systems a guest runs, from which modules, with how many megabytes.</summary>
public sealed record Boot(string Guest, IReadOnlyList<TargetSystem> Systems, IReadOnlyList<string> Modules, int Megabytes)
{
    /// <summary>Processors of the machine.</summary>
    public int Processors { get; private init; } = 1;

    /// <summary>More words for the hypervisor's command line.</summary>
    public string HypervisorWords { get; private init; } = "";

    /// <summary>More of QEMU's arguments: devices.</summary>
    public IReadOnlyList<string> Devices { get; private init; } = [];

    private const string RowWords = "{rows}";

    /// <summary>Reads bench/boots.</summary>
    public static IReadOnlyList<Boot> ParseAll(IEnumerable<string> lines)
        => [.. lines.Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    /// <summary>Whether the guest can be told what to run; one that cannot runs all its rows.</summary>
    public bool TakesRows => Modules.Any(module => module.Contains(RowWords, StringComparison.Ordinal));

    /// <summary>The modules with the placeholders filled in.</summary>
    public IReadOnlyList<string> Filled(TargetSystem system, string rowWords)
    {
        string console = system is TargetSystem.Native or TargetSystem.Uml ? "ttyS0" : "hvc0";
        return [.. Modules.Select(module => module.Replace("{console}", console).Replace(RowWords, rowWords).Trim())];
    }

    private static Boot Parse(string line)
    {
        string[] parts = line.Split('|');
        int processors = 1;
        if (parts.Length is < 4 or > 7 || !int.TryParse(parts[3], out int megabytes) || (parts.Length > 4 && !int.TryParse(parts[4], out processors)))
            throw new InvalidDataException($"bench/boots: '{line}' is not guest|systems|modules|megabytes|processors|words|devices");
        return new Boot(parts[0], [.. parts[1].Split(' ').Select(TargetSystems.Parse)], parts[2].Split(','), megabytes)
        {
            Processors = processors,
            HypervisorWords = parts.ElementAtOrDefault(5) ?? "",
            Devices = (parts.ElementAtOrDefault(6) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
