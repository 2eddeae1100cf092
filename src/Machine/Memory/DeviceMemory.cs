using System.Threading;

namespace Serai.Machine.Memory;

/// <summary>Registers of devices that lie in memory, mapped uncached.</summary>
// unsafe: device registers are read and written by address.
public static unsafe class DeviceMemory
{
    /// <summary>Maps the frame of a physical address; returns where the address is then. What is mapped stays so.</summary>
    public static ulong Map(ulong physicalAddress) => HypervisorTables.MapDevice(physicalAddress);

    /// <summary>Reads four bytes.</summary>
    public static uint Read32(ulong place) => Volatile.Read(ref *(uint*)place);

    /// <summary>Writes four bytes.</summary>
    public static void Write32(ulong place, uint value) => Volatile.Write(ref *(uint*)place, value);

    /// <summary>Writes a byte.</summary>
    public static void Write8(ulong place, byte value) => Volatile.Write(ref *(byte*)place, value);
}
