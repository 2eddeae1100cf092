using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>An element of a memory map (struct boot_e820_entry of Linux's asm/bootparam.h, 20 bytes, packed).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct E820Entry
{
    public ulong Address;
    /// <summary>Bytes.</summary>
    public ulong Size;
    public E820Type Type;
}

/// <summary>What a range of an E820 map is (ACPI specification, address range types).</summary>
public enum E820Type : uint
{
    Ram = 1,
    Reserved = 2,
    AcpiReclaimable = 3,
    AcpiNonVolatile = 4,
    Unusable = 5,
}
