using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Devices;

/// <summary>All that this room keeps, but for the table that it names here.</summary>
public struct DevicesState
{
    /// <summary>The machine's.</summary>
    public static ref DevicesState Now => ref PerMachine<DevicesState>.Now;

    public Table<PciFunction> Functions;
    public uint FunctionCount;

    /// <summary>All MSI-X tables lie in frames from the first number on and below the second.</summary>
    public ulong TablesBegin, TablesEnd;

    /// <summary>HyperTransport's frames: from the first number on and below the second.</summary>
    public ulong TransportStart, TransportEnd;
}
