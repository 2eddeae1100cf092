using System.Runtime.CompilerServices;
using System.Threading;

namespace Serai.Machine.Memory;

/// <summary>Registers of devices that lie in memory, mapped uncached.</summary>
// unsafe: device registers are read and written by address.
public static unsafe class DeviceMemory
{
    /// <summary>Maps the frame of a physical address; returns where the address is then. What is mapped stays so.</summary>
    public static ulong Map(ulong physicalAddress) => HypervisorTables.MapDevice(physicalAddress);

    /// <summary>Reads four bytes at a machine address that is not mapped, and a multiple of four. The caller holds the lock.</summary>
    public static uint ReadAt(ulong address) => Read32(HypervisorTables.ShowDevice(address));

    /// <summary>
    /// Writes the low 1, 2, 4 or 8 bytes of a value at a machine address that is not mapped, within a page. The caller holds the lock.
    /// </summary>
    public static void WriteAt(ulong address, int size, ulong value)
    {
        ulong place = HypervisorTables.ShowDevice(address);
        switch (size)
        {
            case 1: Write8(place, unchecked((byte)value)); break;
            case 2: Volatile.Write(ref *(ushort*)place, unchecked((ushort)value)); break;
            case 4: Write32(place, unchecked((uint)value)); break;
            default: Volatile.Write(ref *(ulong*)place, value); break;
        }
    }

    /// <summary>Reads four bytes, all of them. Inlined, a look at one bit would be a read of one byte, which many devices do not answer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32(ulong place) => Volatile.Read(ref *(uint*)place);

    /// <summary>Writes four bytes.</summary>
    public static void Write32(ulong place, uint value) => Volatile.Write(ref *(uint*)place, value);

    /// <summary>Writes a byte.</summary>
    public static void Write8(ulong place, byte value) => Volatile.Write(ref *(byte*)place, value);
}
