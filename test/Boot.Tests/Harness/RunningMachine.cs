using System;

namespace Serai.Boot.Tests.Harness;

/// <summary>A machine under QEMU with its serial port on a pipe.</summary>
/// <param name="test">Names the transcript: out/logs/boot/TEST.log.</param>
/// <param name="settings">What to boot on what.</param>
/// <param name="work">
/// Processor time, for each of its processors, that the machine may use until all that is awaited has come (<see cref="Patience"/>).
/// </param>
public sealed class RunningMachine(string test, MachineSettings settings, TimeSpan work)
    : QemuMachine(Workspace.Complete(settings), new Transcript(Workspace.LogOf(test)), qemu => Endurance.Of(qemu, work * settings.Processors));
