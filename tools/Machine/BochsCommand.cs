using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Serai.Emulators;

/// <summary>How Bochs is told what its machine is, and started.</summary>
internal static class BochsCommand
{
    /// <summary>The program.</summary>
    public const string Program = "bochs";

    /// <summary>A killed test run leaves no machine behind for longer, in seconds.</summary>
    private const string Longest = "7200";

    /// <summary>
    /// The configuration of a machine that boots the disc FILES.iso, connects its serial port to a port of the host's, and keeps its log in
    /// FILES.bochs.log. A disk beside that is the second of the first IDE channel.
    /// </summary>
    public static string Configuration(MachineDescription machine, string files, int port) => $"""
        plugin_ctrl: unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, serial=1
        config_interface: textconfig
        display_library: term
        memory: guest={Mebibytes(machine.Memory)}, host={Mebibytes(machine.Memory)}
        romimage: file=/usr/share/bochs/BIOS-bochs-latest
        vgaromimage: file=/usr/share/vgabios/vgabios.bin
        megs: {Mebibytes(machine.Memory)}
        cpu: model={machine.Cpu}, count={machine.Processors}, ips={machine.InstructionsPerSecond}, reset_on_triple_fault=0
        ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
        ata0-master: type=cdrom, path={files}.iso, status=inserted
        boot: cdrom
        com1: enabled=1, mode=socket-client, dev=localhost:{port}
        log: {files}.bochs.log
        panic: action=fatal
        error: action=report
        info: action=ignore
        clock: sync=none
        {DiskBeside(machine, files)}
        """;

    /// <summary>Debian's Bochs has no display without a terminal but one that listens on the network; 'script' lends it a terminal.</summary>
    public static ProcessStartInfo Start(string files) => new(
        "timeout",
        [
            "--foreground", "--signal=KILL", Longest,
            "script", "-qefc", $"{Program} -q -f '{files}.bochsrc' -rc '{files}.debugger'", "/dev/null",
        ])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["TERM"] = "vt100" },
    };

    // What is written goes into the file of the journal.
    private static string DiskBeside(MachineDescription machine, string files) => machine.DiskBeside is not { } disk ? ""
        : $"ata0-slave: type=disk, mode=volatile, path={Path.Combine(machine.Directory, disk)}, journal={files}.journal";

    private static int Mebibytes(string memory)
        => int.Parse(memory.AsSpan()[..^1], CultureInfo.InvariantCulture) * (memory.EndsWith('G') ? 1024 : 1);
}
