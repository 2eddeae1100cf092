using System.Collections.Generic;

namespace Serai.Emulators;

/// <summary>The machine to boot on, and what to boot; for QEMU and, as far as it has the like, for Bochs.</summary>
public record MachineDescription
{
    /// <summary>What the RTC of a machine that counts instructions says when it is switched on (UTC).</summary>
    public const string BatteryClock = "2026-01-01T00:00:00";

    /// <summary>The words with which a hypervisor uses the serial port as its console.</summary>
    public const string SerialConsole = "console=com1 com1=115200,8n1";

    /// <summary>tcg, QEMU's emulation, or kvm.</summary>
    public string Accelerator { get; init; } = "tcg";

    /// <summary>QEMU's machine type.</summary>
    public string Type { get; init; } = "pc";

    /// <summary>
    /// QEMU's or Bochs's processor model. Under QEMU 7.2's emulation a guest's iretq fails where SMAP is on, so it is off (docs/decisions/smap.md).
    /// </summary>
    public string Cpu { get; init; } = "max,-smap";

    /// <summary>Memory with QEMU's unit, M or G.</summary>
    public string Memory { get; init; } = "1G";

    /// <summary>Processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>
    /// The machine's clocks count instructions, one a nanosecond, and jump where nobody runs: what happens, and when, is then the same on every
    /// host, however busy. The RTC begins at <see cref="BatteryClock"/>. On Bochs it is always so.
    /// </summary>
    public bool CountsInstructions { get; init; }

    /// <summary>
    /// Where instructions are counted and nobody runs, the clock goes on as the host's does, and does not jump to the next timer: for devices whose
    /// work takes time of the host's, which would else seem to take as long as all the timers that ring meanwhile.
    /// </summary>
    public bool WaitsForDevices { get; init; }

    /// <summary>On Bochs, instructions of each processor in a second of the machine's clock. Under QEMU's they are a thousand million.</summary>
    public int InstructionsPerSecond { get; init; } = 50_000_000;

    /// <summary>Where the emulator runs, and file names begin: so modules have short names.</summary>
    public required string Directory { get; init; }

    /// <summary>What is loaded: a multiboot image or Linux itself.</summary>
    public required string Image { get; init; }

    /// <summary>Its command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The modules, each a file and its arguments; for Linux itself its initramfs.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>More of QEMU's arguments: devices, and what <see cref="Monitor"/> and <see cref="RemoteDebugger"/> need.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Boots this disc instead of the image.</summary>
    public string? Disc { get; init; }

    /// <summary>Boots from this disk instead of the image, by the boot loader on it. What is written on it lasts as long as the machine.</summary>
    public string? Disk { get; init; }

    /// <summary>On Bochs, a disk beside the disc that it boots. What is written on it lasts as long as the machine.</summary>
    public string? DiskBeside { get; init; }

    /// <summary>A restart ends the machine, unless this says that it restarts.</summary>
    public bool Restarts { get; init; }

    /// <summary>Firmware to use instead of the BIOS.</summary>
    public string? Firmware { get; init; }

    /// <summary>A file that the serial port writes to, never having to wait; without one who starts the machine reads and types there.</summary>
    public string? ConsoleFile { get; init; }

    /// <summary>A plugin of QEMU's with its settings.</summary>
    public string? Plugin { get; init; }
}
