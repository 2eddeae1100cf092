using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace Serai.Emulators;

/// <summary>A disc with GRUB, the hypervisor and its modules, for a machine that loads nothing by itself: Bochs, or QEMU with UEFI.</summary>
public static class GrubDisc
{
    /// <summary>Makes the disc for a machine.</summary>
    public static void Make(string disc, MachineDescription machine)
    {
        string tree = disc + ".tree", boot = Path.Combine(tree, "boot");
        if (Directory.Exists(tree))
            Directory.Delete(tree, recursive: true);
        Directory.CreateDirectory(Path.Combine(boot, "grub"));
        File.Copy(Path.Combine(machine.Directory, machine.Image), Path.Combine(boot, "serai"));
        foreach (string file in machine.Modules.Select(FileOf).Distinct())
            File.Copy(Path.Combine(machine.Directory, file), Path.Combine(boot, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(boot, "grub", "grub.cfg"), Menu(machine.CommandLine, machine.Modules));
        Run("grub-mkrescue", "-o", disc, tree, "--", "-volid", "SERAI");
        Directory.Delete(tree, recursive: true);
    }

    private static string FileOf(string module) => module.Split(' ')[0];

    private static string Menu(string commandLine, IReadOnlyList<string> modules)
    {
        var menu = new StringBuilder("serial --unit=0 --speed=115200\nterminal_input serial\nterminal_output serial\n");
        menu.Append("set timeout=0\nset default=0\nmenuentry Serai {\n");
        menu.Append($"    multiboot2 /boot/serai {commandLine}\n");
        foreach (string module in modules)
            menu.Append($"    module2 /boot/{Path.GetFileName(FileOf(module))} {module}\n");
        return menu.Append("}\n").ToString();
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        string complaints = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed:\n{complaints}");
    }
}
