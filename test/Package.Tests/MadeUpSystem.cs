using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Xunit;

namespace Serai.Package.Tests;

/// <summary>What a script left: its status, and the lines of its standard output and of its standard error.</summary>
public sealed record Outcome(int Status, string[] Lines, string Messages);

/// <summary>
/// A folder in the place of a Debian system with Serai and one kernel. Scripts run on copies in which its paths stand for the system's; what
/// grub-mkconfig gives to its scripts is in <see cref="Variables"/>.
/// </summary>
public sealed class MadeUpSystem : IDisposable
{
    /// <summary>The kernel that is there from the beginning.</summary>
    public const string Version = "6.1.0-57-amd64";

    // No hyphen in it: GRUB's functions take a version to begin behind the first one of a path.
    private readonly string root = Path.Combine(Path.GetTempPath(), "serai" + Guid.NewGuid().ToString("N"));

    /// <summary>A system by BIOS whose root is an ext4 file system, as the installer leaves it.</summary>
    public MadeUpSystem()
    {
        Write("boot/serai", "");
        Write("disk/by-uuid/1111-2222", "");
        Write("disk/by-partuuid/3333-01", "");
        Write("default", File.ReadAllText(Path.Combine(Repository.Root, "tools/package/default")));
        AddKernel(Version);
        AddProgram("grub-probe", """
            for word; do
                case $word in
                    --target=abstraction) echo "$ABSTRACTION" ;;
                    --target=fs_uuid) echo 1111-2222 ;;
                    --target=fs) echo ext2 ;;
                    --target=partmap) echo gpt ;;
                esac
            done
            """);
        AddProgram("grub-mkrelpath", $"[ \"$1\" != / ] || exec echo \"$VOLUME\"; echo \"$1\" | sed 's,^{root},,'");
        // No script may ever find the one of the machine that tests.
        AddProgram("update-grub", "echo ran >> \"$0.log\"; exit \"$UPDATE_STATUS\"");
        foreach (string script in Directory.GetFiles("/etc/grub.d", "10_linux"))
            AddScript(script);
        foreach (string script in (string[])["09_serai", "21_serai", "postinst", "postrm"])
            AddScript(Path.Combine(Repository.Root, "tools/package", script));
    }

    /// <summary>The environment of scripts, and what the stubs in the place of GRUB's programs answer.</summary>
    public Dictionary<string, string> Variables { get; } = new()
    {
        ["GRUB_DEVICE"] = "/dev/null",
        ["GRUB_DEVICE_BOOT"] = "/dev/null",
        ["GRUB_DEVICE_UUID"] = "1111-2222",
        ["GRUB_DEVICE_PARTUUID"] = "3333-01",
        ["GRUB_FS"] = "ext2",
        ["GRUB_ACTUAL_DEFAULT"] = "0",
        ["GRUB_DISTRIBUTOR"] = "Debian",
        ["GRUB_DISABLE_RECOVERY"] = "true",
        ["GRUB_CMDLINE_LINUX"] = "",
        ["GRUB_CMDLINE_LINUX_DEFAULT"] = "quiet",
        ["ABSTRACTION"] = "",
        ["VOLUME"] = "/",
        ["UPDATE_STATUS"] = "0",
        ["LC_ALL"] = "C",
    };

    /// <summary>Sets the words of Linux' command line in /etc/default/grub.</summary>
    public string Words { set => Variables["GRUB_CMDLINE_LINUX"] = value; }

    /// <summary>Adds lines to /etc/default/serai.</summary>
    public void Set(string lines) => File.AppendAllText(PathOf("default"), lines + "\n");

    /// <summary>Puts a kernel, its configuration and its initrd into /boot.</summary>
    public void AddKernel(string version, bool canBeInitialDomain = true)
    {
        Write($"boot/vmlinuz-{version}", "");
        Write($"boot/initrd.img-{version}", "");
        Write($"boot/config-{version}", canBeInitialDomain ? "CONFIG_XEN_PV_DOM0=y\n" : "# CONFIG_XEN_PV_DOM0 is not set\n");
    }

    /// <summary>Puts a program before the system's own: a shell script.</summary>
    public void AddProgram(string name, string script)
    {
        Write($"bin/{name}", $"#!/bin/sh\n{script}\n");
        MakeExecutable($"bin/{name}");
    }

    /// <summary>Writes a file, with its folder.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>The place of a file in the folder.</summary>
    public string PathOf(string path) => Path.Combine(root, path);

    /// <summary>What the scripts of the package write into GRUB's menu, with what they tell. It is a script that GRUB reads.</summary>
    public Outcome Menu(string script = "09_serai")
    {
        Outcome outcome = Run(script);
        Assert.Equal((0, ""), (outcome.Status, outcome.Status == 0 ? "" : outcome.Messages));
        Write("grub.cfg", string.Join('\n', [":", .. outcome.Lines]));
        Assert.Equal(0, Shell.Run(new ProcessStartInfo("grub-script-check", [PathOf("grub.cfg")])).Status);
        return outcome;
    }

    /// <summary>Runs a script.</summary>
    public Outcome Run(string script, params string[] words)
    {
        var start = new ProcessStartInfo(PathOf($"scripts/{script}"), words);
        start.Environment.Clear();
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        start.Environment["PATH"] = $"{PathOf("bin")}:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["pkgdatadir"] = "/usr/share/grub";
        start.Environment["grub_probe"] = PathOf("bin/grub-probe");
        start.Environment["grub_mkrelpath"] = PathOf("bin/grub-mkrelpath");
        return Shell.Run(start);
    }

    /// <summary>The lines of a menu that are one of GRUB's commands, without it and its blanks.</summary>
    public static string[] Said(Outcome menu, string command) =>
    [
        .. from line in menu.Lines
           let words = line.Trim()
           where words.StartsWith(command, StringComparison.Ordinal) && words.Length > command.Length && char.IsWhiteSpace(words[command.Length])
           select words[command.Length..].Trim(),
    ];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(root, recursive: true);

    private void AddScript(string path)
    {
        string text = File.ReadAllText(path);
        foreach ((string ours, string theirs) in ((string, string)[])
            [("boot", "/boot"), ("default", "/etc/default/serai"), ("disk", "/dev/disk"), ("efi", "/sys/firmware/efi"), ("run", "/run"),
                ("hypervisor", "/sys/hypervisor")])
        {
            foreach (char before in "=\" ")
                text = text.Replace(before + theirs, before + PathOf(ours), StringComparison.Ordinal);
        }
        string name = $"scripts/{Path.GetFileName(path)}";
        Write(name, text);
        MakeExecutable(name);
    }

    private void MakeExecutable(string path) => File.SetUnixFileMode(PathOf(path), (UnixFileMode)0b111_101_101);
}
