using Serai.Machine;

namespace Serai.Hypervisor.CommandLine;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct CommandLineState
{
    /// <summary>The machine's.</summary>
    public static ref CommandLineState Now => ref PerMachine<CommandLineState>.Now;

    public BootOptions BootOptionsChosen;
}
