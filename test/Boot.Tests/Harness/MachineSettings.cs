namespace Serai.Boot.Tests.Harness;

/// <summary>
/// A machine that boots the image in out/ with modules in out/guests. Every test states memory, processors and verdict; the rest has QEMU's defaults.
/// </summary>
public sealed record MachineSettings : MachineDescription
{
    /// <summary>The image, with its console on the serial port.</summary>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public MachineSettings() => (Directory, Image, CommandLine) = (Workspace.Guests, Workspace.Image, SerialConsole);

    /// <summary>More words for the hypervisor's command line.</summary>
    public string Options
    {
        init => CommandLine = $"{SerialConsole} {value}".TrimEnd();
    }
}
