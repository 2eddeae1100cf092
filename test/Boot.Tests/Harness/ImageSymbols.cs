using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Serai.Boot.Tests.Harness;

/// <summary>Where the names of the hypervisor's assembly lie in memory, as llvm-nm tells of out/serai.debug.</summary>
public static class ImageSymbols
{
    /// <summary>The address of a name, which there is once.</summary>
    public static ulong AddressOf(string name)
    {
        var start = new ProcessStartInfo("llvm-nm", [Path.Combine(Workspace.Root, "out", "serai.debug")]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("llvm-nm did not start");
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return Convert.ToUInt64(lines.Single(line => line.EndsWith($" {name}", StringComparison.Ordinal)).Split(' ')[0], 16);
    }
}
