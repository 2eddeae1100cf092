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

/// <summary>The little of ACPI that is asked for.</summary>
public static class Acpi
{
    /// <summary>Processors that there are; tests set it before the machine starts.</summary>
    public static uint ProcessorCount { get; set; } = 1;

    /// <summary>The APIC identifier of one of them.</summary>
    public static uint ProcessorIdentifier(uint index) => index;

    /// <summary>The port that powers off, and what is written to it.</summary>
    public static ushort PowerPort => 0x604;

    /// <summary>See <see cref="PowerPort"/>.</summary>
    public static ushort PowerValue => 0x2000;

    /// <summary>There are no tables.</summary>
    public static void Find(ulong root)
    {
    }
}
