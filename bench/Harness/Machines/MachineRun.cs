using System;
using System.IO;
using Serai.Emulators;

namespace Serai.Bench.Machines;

/// <summary>Runs QEMU until the guest resets its machine.</summary>
public static class MachineRun
{
    /// <summary>Boots; null when QEMU ended by itself and well, or what went wrong. What QEMU says goes to <paramref name="log"/>.</summary>
    /// <param name="machine">The machine; its console is a file.</param>
    /// <param name="log">The file for QEMU's arguments and complaints.</param>
    /// <param name="patience">The limit is in processor time: a busy host takes nothing of it. An idle machine waits for nothing.</param>
    public static string? ToItsEnd(MachineDescription machine, string log, TimeSpan patience)
    {
        using var qemu = new QemuMachine(machine, new Transcript(), process => Endurance.OfComputing(process, patience));
        string? trouble = qemu.WaitForEnd();
        WriteLog(log, machine, qemu);
        return trouble;
    }

    /// <summary>Writes down how QEMU was started and what it said.</summary>
    public static void WriteLog(string log, MachineDescription machine, QemuMachine qemu)
        => File.WriteAllText(log, string.Join(' ', QemuCommand.Arguments(machine)) + "\n" + qemu.Complaints);
}
