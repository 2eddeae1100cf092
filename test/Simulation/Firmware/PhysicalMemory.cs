using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Firmware;

/// <summary>The arena is all the RAM there is.</summary>
public static class PhysicalMemory
{
    /// <summary>The physical address behind the last byte of RAM.</summary>
    public static ulong RamEnd => Arena.Length;

    /// <summary>Bytes of RAM.</summary>
    public static ulong RamBytes => Arena.Length;

    /// <summary>Bytes of the machine-to-physical table, which here covers no more than 1 GiB.</summary>
    public static ulong TableBytes => 1ul << 21;

    /// <summary>There is nothing to read.</summary>
    public static void Initialise()
    {
    }
}
