using System;

namespace Serai.Machine.Firmware;

/// <summary>
/// Where ACPI says that a register is: its Generic Address Structure (ACPI 6.5, 5.2.3.2), of which memory and I/O ports are understood. With
/// the address 0 it is no register.
/// </summary>
public struct HardwareAddress
{
    private const byte Memory = 0, Port = 1;

    private byte space;

    /// <summary>The physical address or the port's number.</summary>
    public ulong Address;

    /// <summary>Whether there is such a register, and one that can be reached.</summary>
    public readonly bool Exists => IsPort || IsMemory;

    /// <summary>Whether it is an I/O port.</summary>
    public readonly bool IsPort => space == Port && Address is not 0 and <= ushort.MaxValue;

    /// <summary>Whether it lies in memory.</summary>
    public readonly bool IsMemory => space == Memory && Address != 0;

    /// <summary>A port by its number; 0 is none.</summary>
    public static HardwareAddress OfPort(uint port) => new() { space = Port, Address = port };

    /// <summary>Reads the structure of 12 bytes at an offset of a table.</summary>
    internal static HardwareAddress Read(ReadOnlySpan<byte> table, uint offset)
    {
        if (offset + 12 > table.Length)
            return default;
        return new HardwareAddress { space = table[(int)offset], Address = FirmwareBytes.Long(table, offset + 4) };
    }

    /// <summary>This one, or another where it does not exist.</summary>
    internal readonly HardwareAddress Or(HardwareAddress other) => Exists ? this : other;
}
