using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Emulators;

namespace Serai.Bench.Machines;

/// <summary>The machine on which a guest runs on one system. All paths are below out/ of the repository, where QEMU runs.</summary>
public static class GuestMachine
{
    /// <summary>The processor of machines that are emulated: features that one of the systems lacks, or QEMU emulates wrongly, are off.</summary>
    public const string Cpu = "max,-smap,-la57,-erms,-pku";

    /// <summary>Native Linux's kernel is the first module, and its words are its command line.</summary>
    /// <param name="system">What lies under the programs.</param>
    /// <param name="output">out/.</param>
    /// <param name="boot">The guest.</param>
    /// <param name="modules">Its modules, filled in.</param>
    /// <param name="settings">The accelerator, whether instructions are counted, and more words for the hypervisor.</param>
    /// <param name="console">Where the console goes.</param>
    /// <param name="plugin">The settings of the plugin that counts, or null to go without it.</param>
    public static MachineDescription Of(TargetSystem system, string output, Boot boot, IReadOnlyList<string> modules, Settings settings,
        string console, string? plugin)
    {
        bool hypervised = system is TargetSystem.Serai or TargetSystem.Xen;
        string[] kernel = modules[0].Split(' ', 2);
        return new MachineDescription
        {
            Accelerator = settings.Accelerator,
            Cpu = settings.Accelerator == "kvm" ? "host,-arch-capabilities" : Cpu,
            Memory = Megabytes(hypervised, boot).ToString(CultureInfo.InvariantCulture) + "M",
            Processors = boot.Processors,
            CountsInstructions = settings.CountsInstructions,
            Directory = output,
            Image = hypervised ? ImageOf(system) : kernel[0],
            CommandLine = hypervised ? Words(boot, settings) : kernel.ElementAtOrDefault(1) ?? "",
            Modules = hypervised ? modules : [.. modules.Skip(1).Select(module => module.Split(' ')[0])],
            Devices = boot.Devices,
            WaitsForDevices = boot.Devices.Count > 0,
            ConsoleFile = console,
            Plugin = plugin is null ? null : Counter(output, plugin),
        };
    }

    /// <summary>The hypervisor, below out/.</summary>
    public static string ImageOf(TargetSystem system) => system == TargetSystem.Xen ? "bench/xen" : "serai";

    /// <summary>The plugin that counts, with its settings.</summary>
    public static string Counter(string output, string settings) => $"file={Path.Combine(output, "bench/counter.so")},{settings}";

    // A hypervisor has its own memory and that of other domains beside the initial domain's.
    private static int Megabytes(bool hypervised, Boot boot) => hypervised ? Math.Max(1024, boot.Megabytes * 2) : boot.Megabytes;

    private static string Words(Boot boot, Settings settings) => string.Join(' ', ((string[])
    [
        MachineDescription.SerialConsole,
        string.Create(CultureInfo.InvariantCulture, $"dom0_mem={boot.Megabytes}M,max:{boot.Megabytes}M"),
        boot.HypervisorWords,
        settings.HypervisorWords,
    ]).Where(words => words.Length != 0));
}
