using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Serai.Emulators;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>
/// `./run` starts QEMU itself, so that nothing stands between it and the terminal and no second program is built and started first. What it says to
/// QEMU is what the library would say.
/// </summary>
public sealed class DemonstrationTests
{
    private static readonly string[] Compared = ["-accel", "-cpu", "-smp", "-m", "-display", "-monitor", "-append", "-initrd"];

    [Fact]
    public void TheDemonstrationHasTheMachineOfTheLibrary()
    {
        string[] said = Said();
        string[] words = [.. QemuCommand.Arguments(new MachineDescription
        {
            Directory = "out/guests",
            Image = "serai",
            CommandLine = MachineDescription.SerialConsole,
            Modules =
            [
                "vmlinuz domain=alpha memory=256M ramdisk -- console=hvc0 hostname=alpha", "initramfs",
                "vmlinuz-cloud domain=beta memory=256M ramdisk -- console=hvc0 hostname=beta", "initramfs",
            ],
        })];
        foreach (string option in Compared)
            Assert.Equal((option, After(words, option)), (option, After(said, option)));
        Assert.Equal(After(words, "-machine").Split(',')[0], After(said, "-machine"));
        Assert.Contains("-nodefaults", said);
        Assert.Contains("-no-reboot", said);
        Assert.EndsWith("/out/serai", After(said, "-kernel"), StringComparison.Ordinal);
        Assert.Equal("stdio,id=terminal,signal=off", After(said, "-chardev"));
    }

    /// <summary>What the scripts of `./run` would start, told by a function in the place of QEMU.</summary>
    private static string[] Said()
    {
        const string script = """
            set -euo pipefail
            for part in progress packages options build guests machine; do source "tools/run/$part.sh"; done
            guests=.
            exec() { printf '%s\n' "$@"; }
            boot_demonstration < /dev/null
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Root(), RedirectStandardOutput = true };
        using Process bash = Process.Start(start)!;
        string output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        Assert.Equal(0, bash.ExitCode);
        return output.Split('\n');
    }

    private static string After(string[] words, string option) => words[words.ToList().IndexOf(option) + 1];

    private static string Root()
    {
        string place = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(place, "Directory.Build.props")))
            place = Path.GetDirectoryName(place) ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        return place;
    }
}
