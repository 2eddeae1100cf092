using System.Collections.Generic;
using System.Globalization;

namespace Serai.Boot.Tests.Harness;

/// <summary>The machine to boot on, and what to boot. Every test states memory, processors and verdict; the rest has QEMU's defaults.</summary>
public sealed record MachineSettings
{
    /// <summary>What the battery clock of a machine that counts instructions says when it is switched on (UTC).</summary>
    public const string BatteryClock = "2026-01-01T00:00:00";

    /// <summary>QEMU's machine type.</summary>
    public string Type { get; init; } = "pc";

    /// <summary>QEMU's processor model. Under QEMU 7.2's emulation a guest's iretq fails where SMAP is on, so it is off (abi/03, 3.3).</summary>
    public string Cpu { get; init; } = "max,-smap";

    /// <summary>Memory with QEMU's unit.</summary>
    public string Memory { get; init; } = "1G";

    /// <summary>Processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>
    /// The machine's clocks count instructions, one a nanosecond, and jump where nobody runs: what happens, and when, is then the same on every
    /// host, however busy. The battery clock begins at <see cref="BatteryClock"/>.
    /// </summary>
    public bool CountsInstructions { get; init; }

    /// <summary>The hypervisor.</summary>
    public string Image { get; init; } = Workspace.Image;

    /// <summary>More words for the hypervisor's command line.</summary>
    public string Options { get; init; } = "";

    /// <summary>The modules, each a file in out/guests (or an absolute path) and its arguments.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>More of QEMU's arguments, for devices.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Boots this disc instead of the image and modules.</summary>
    public string? Disc { get; init; }

    /// <summary>Firmware to use instead of the BIOS.</summary>
    public string? Firmware { get; init; }

    /// <summary>QEMU's arguments. The memory is not reserved, so a machine of 8 GiB runs on a host of four.</summary>
    public IEnumerable<string> Arguments()
    {
        List<string> arguments =
        [
            "-accel", "tcg", "-cpu", Cpu, "-smp", Processors.ToString(CultureInfo.InvariantCulture), "-m", Memory,
            "-object", $"memory-backend-ram,id=ram,size={Memory},reserve=off", "-machine", $"{Type},memory-backend=ram",
            "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot", "-serial", "stdio",
        ];
        arguments.AddRange(Devices);
        if (CountsInstructions)
            arguments.AddRange(["-icount", "shift=0,sleep=off", "-rtc", $"base={BatteryClock},clock=vm", "-seed", "42"]);
        if (Firmware is not null)
            arguments.AddRange(["-bios", Firmware]);
        if (Disc is not null)
            arguments.AddRange(["-boot", "d", "-cdrom", Disc]);
        else
            arguments.AddRange(["-kernel", Image, "-append", $"console=com1 com1=115200,8n1 {Options}".Trim()]);
        if (Modules.Count > 0)
            arguments.AddRange(["-initrd", Module.Joined(Modules)]);
        return arguments;
    }
}
