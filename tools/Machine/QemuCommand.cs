using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Serai.Emulators;

/// <summary>The command line of QEMU for a machine.</summary>
public static class QemuCommand
{
    /// <summary>The program.</summary>
    public const string Program = "qemu-system-x86_64";

    /// <summary>The machine alone, without what it boots and where it writes: what a table of measurements states.</summary>
    public static IReadOnlyList<string> Machine(MachineDescription machine)
    {
        string processors = machine.Processors.ToString(CultureInfo.InvariantCulture);
        List<string> words = ["-accel", machine.Accelerator, "-cpu", machine.Cpu, "-smp", processors, "-m", machine.Memory];
        if (machine.CountsInstructions)
        {
            words.AddRange(["-icount", machine.WaitsForDevices ? "shift=0,sleep=on" : "shift=0,sleep=off",
                "-rtc", $"base={MachineDescription.BatteryClock},clock=vm", "-seed", "42"]);
        }
        return words;
    }

    /// <summary>All arguments. The memory is not reserved, so a machine of 8 GiB runs on a host of four.</summary>
    public static IReadOnlyList<string> Arguments(MachineDescription machine)
    {
        List<string> words =
        [
            .. Machine(machine),
            "-object", $"memory-backend-ram,id=ram,size={machine.Memory},reserve=off", "-machine", $"{machine.Type},memory-backend=ram",
            "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot",
        ];
        if (machine.Restarts)
            words.AddRange(["-action", "reboot=reset"]);
        words.AddRange(machine.ConsoleFile is null ? ["-serial", "stdio"]
            : ["-chardev", $"file,id=console,path={machine.ConsoleFile}", "-serial", "chardev:console"]);
        words.AddRange(Loaded(machine));
        words.AddRange(machine.Devices);
        if (machine.Plugin is not null)
            words.AddRange(["-plugin", machine.Plugin]);
        if (machine.Firmware is not null)
            words.AddRange(["-bios", machine.Firmware]);
        if (machine.Modules.Count > 0)
            words.AddRange(["-initrd", Joined(machine.Modules)]);
        return words;
    }

    /// <summary>A disk that forgets: what is written there is gone with the machine, and the file is never changed.</summary>
    public static IReadOnlyList<string> Disk(string file) => ["-drive", $"file={file},format=raw,if=virtio,snapshot=on"];

    private static IEnumerable<string> Loaded(MachineDescription machine) => machine switch
    {
        { Disc: { } disc } => ["-drive", $"file={disc},if=none,id=disc,media=cdrom,readonly=on", "-device", "ide-cd,drive=disc,bootindex=0"],
        { Disk: { } disk } => ["-boot", "c", .. Disk(disk)],
        _ => ["-kernel", machine.Image, "-append", machine.CommandLine],
    };

    // One argument: a comma parts modules, so a comma in a module is doubled.
    private static string Joined(IEnumerable<string> modules)
        => string.Join(',', modules.Select(module => module.Replace(",", ",,", StringComparison.Ordinal)));
}
