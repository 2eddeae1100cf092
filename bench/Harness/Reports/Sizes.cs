using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Reports;

/// <summary>
/// What Serai takes: its image without the names for backtraces, its memory of 1 GiB, and what a domain costs beside the memory it was given,
/// which is what is free after the first of two equal domains less what is after the second.
/// </summary>
public sealed partial record Sizes(long Image, long Names, string Memory, int FramesOfDomain)
{
    private const int GuestFrames = 64 * 256, FrameSize = 4096;

    /// <summary>Boots Serai with two domains and looks at what it says.</summary>
    public static Sizes? Find(string output)
    {
        const string domain = "bench-guest.elf domain={0} memory=64M --";
        string stem = Path.Combine(output, "bench", "serai-sizes"), console = stem + ".console";
        string[] modules = ["bench-guest.elf guest=none", string.Format(null, domain, "first"), string.Format(null, domain, "second")];
        var boot = new Boot("sizes", [TargetSystem.Serai], modules, 512);
        var settings = new Settings { CountsInstructions = false };
        MachineRun.ToItsEnd(GuestMachine.Of(TargetSystem.Serai, output, boot, modules, settings, console, null), stem + ".qemu",
            TimeSpan.FromSeconds(120));
        long names = Tool.Lines("llvm-size", "-A", Path.Combine(output, "serai")).Select(line => Section().Match(line))
            .Where(match => match.Success).Sum(match => Number(match.Groups[1].Value));
        return Parse(File.ReadAllText(console), new FileInfo(Path.Combine(output, "serai")).Length, names);
    }

    /// <summary>Reads the console of that boot; null where it does not tell.</summary>
    public static Sizes? Parse(string console, long image, long names)
    {
        Match memory = HypervisorMemory().Match(console);
        long[] free = [.. FreeFrames().Matches(console).Select(match => Number(match.Groups[1].Value))];
        return memory.Success && free.Length == 2
            ? new Sizes(image, names, $"{memory.Groups[2].Value} of {memory.Groups[1].Value}", (int)(free[0] - free[1]) - GuestFrames) : null;
    }

    /// <summary>Prints them.</summary>
    public void Print(TextWriter output)
    {
        var table = new TextTable("size", "Serai");
        table.Add("image without the names for backtraces", $"{(Image - Names) / 1024} KiB");
        table.Add("image with them", $"{Image / 1024} KiB");
        table.Add("memory of the hypervisor", Memory);
        table.Add("fixed state of a domain with one virtual CPU", $"{FramesOfDomain * FrameSize / 1024} KiB in {FramesOfDomain} frames");
        table.Print(output);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"free of (\d+ MiB), (\d+ KiB) for the hypervisor")]
    private static partial Regex HypervisorMemory();

    [GeneratedRegex(@" domain (?:first|second) starts.* (\d+) frames free")]
    private static partial Regex FreeFrames();

    [GeneratedRegex(@"^\.symbols\s+(\d+)")]
    private static partial Regex Section();
}
