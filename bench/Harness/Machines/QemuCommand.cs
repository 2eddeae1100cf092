using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Serai.Bench.Machines;

/// <summary>The command line of QEMU for one guest on one system. All paths are below <see cref="Output"/>, out/ of the repository.</summary>
public sealed record QemuCommand
{
    /// <summary>What lies under the programs.</summary>
    public required TargetSystem System { get; init; }

    /// <summary>out/, where QEMU runs, so that modules have short names.</summary>
    public required string Output { get; init; }

    /// <summary>The modules, filled in.</summary>
    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>Memory of the initial domain, or of native Linux's machine.</summary>
    public int Megabytes { get; init; } = 512;

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>More words for the hypervisor's command line.</summary>
    public string HypervisorWords { get; init; } = "";

    /// <summary>tcg or kvm.</summary>
    public string Accelerator { get; init; } = "tcg";

    /// <summary>The processor.</summary>
    public string Cpu { get; init; } = "max,-smap,-la57,-erms,-pku";

    /// <summary>Whether the machine's clock counts instructions.</summary>
    public bool CountsInstructions { get; init; } = true;

    /// <summary>The plugin's settings, or null to go without it.</summary>
    public string? Plugin { get; init; }

    /// <summary>Where the console goes.</summary>
    public required string Console { get; init; }

    private bool HasHypervisor => System is TargetSystem.Serai or TargetSystem.Xen;

    // A hypervisor has its own memory and that of other domains beside the initial domain's.
    private int MachineMegabytes => HasHypervisor ? Math.Max(1024, Megabytes * 2) : Megabytes;

    /// <summary>The machine, without what it boots: what a table states.</summary>
    public IReadOnlyList<string> Machine()
    {
        string megabytes = MachineMegabytes.ToString(CultureInfo.InvariantCulture);
        string processors = Processors.ToString(CultureInfo.InvariantCulture);
        List<string> words = ["-accel", Accelerator, "-cpu", Cpu, "-smp", processors, "-m", megabytes + "M"];
        if (CountsInstructions)
            words.AddRange(["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "42"]);
        return words;
    }

    /// <summary>All arguments.</summary>
    public IReadOnlyList<string> Arguments()
    {
        List<string> words =
        [
            .. Machine(), "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot",
            "-chardev", $"file,id=console,path={Console}", "-serial", "chardev:console",
        ];
        if (Plugin is not null)
            words.AddRange(["-plugin", $"file={Path.Combine(Output, "bench/counter.so")},{Plugin}"]);
        words.AddRange(HasHypervisor ? Hypervised() : Bare());
        return words;
    }

    private IEnumerable<string> Hypervised()
    {
        string image = System == TargetSystem.Xen ? "bench/xen" : "serai";
        string memory = string.Create(CultureInfo.InvariantCulture, $"dom0_mem={Megabytes}M,max:{Megabytes}M");
        string modules = string.Join(',', Modules.Select(module => module.Replace(",", ",,", StringComparison.Ordinal)));
        return ["-kernel", image, "-append", $"console=com1 com1=115200,8n1 {memory} {HypervisorWords}".TrimEnd(), "-initrd", modules];
    }

    // The first module is the kernel and its words are its command line.
    private IEnumerable<string> Bare()
    {
        string[] kernel = Modules[0].Split(' ', 2);
        List<string> words = ["-kernel", kernel[0], "-append", kernel.ElementAtOrDefault(1) ?? ""];
        if (Modules.Count > 1)
            words.AddRange(["-initrd", Modules[1].Split(' ')[0]]);
        return words;
    }
}
