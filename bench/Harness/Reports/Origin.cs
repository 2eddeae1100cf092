using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace Serai.Bench.Reports;

/// <summary>Where numbers come from: the machine, the versions of everything, the commit, the day and the command.</summary>
public sealed record Origin(string Machine, IReadOnlyDictionary<string, string> Versions, string Commit, DateTime Date, string Command)
{
    /// <summary>The day in words.</summary>
    public string Day => Date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>Asks the tools and looks at the files that were booted.</summary>
    public static Origin Find(string output, string machine, string command, string commit)
    {
        var versions = new Dictionary<string, string>
        {
            ["QEMU"] = Tool.FirstLine("qemu-system-x86_64", "--version"),
            ["Serai"] = $"commit {commit}, .NET SDK {Tool.FirstLine("dotnet", "--version")}",
            ["Linux"] = Kernel(Path.Combine(output, "guests/vmlinuz")),
            ["Xen"] = Package(Path.Combine(output, "packages/xen-hypervisor-4.17-amd64/usr/share/doc/xen-hypervisor-4.17-amd64/changelog.Debian.gz")),
            ["host"] = Host(),
        };
        return new Origin(machine, versions, commit, DateTime.UtcNow, command);
    }

    /// <summary>The commit that is measured. What is only read again was measured at the commit noted then.</summary>
    public static string Measured(string output, bool replay)
    {
        string note = Path.Combine(output, "bench", "commit");
        if (replay && File.Exists(note))
            return File.ReadAllText(note).Trim();
        string dirty = Tool.FirstLine("git", "status", "--porcelain", "--untracked-files=no").Length > 0 ? " with changes" : "";
        string commit = Tool.FirstLine("git", "rev-parse", "--short", "HEAD") + dirty;
        File.WriteAllText(note, commit + "\n");
        return commit;
    }

    /// <summary>The version in a bzImage: a string at the place that its header names.</summary>
    public static string KernelVersion(ReadOnlySpan<byte> image)
    {
        int place = image.Length < 0x210 ? 0 : 0x200 + image[0x20e] + (image[0x20f] << 8);
        int length = place < image.Length ? image[place..].IndexOf((byte)0) : 0;
        return length > 0 ? Encoding.ASCII.GetString(image.Slice(place, length)) : "unknown";
    }

    private static string Kernel(string path) => File.Exists(path) ? KernelVersion(File.ReadAllBytes(path)) : "not there";

    // The first line of a package's changelog has its version.
    private static string Package(string changelog)
    {
        if (!File.Exists(changelog))
            return "not there";
        using var reader = new StreamReader(new GZipStream(File.OpenRead(changelog), CompressionMode.Decompress));
        return "Debian's " + (reader.ReadLine() ?? "").Split(';')[0];
    }

    private static string Host()
    {
        string? model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name")) : null;
        return $"{model?.Split(':')[1].Trim() ?? "unknown"}, {Environment.ProcessorCount} processors";
    }
}
