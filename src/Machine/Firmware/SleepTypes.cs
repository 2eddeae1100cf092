using System;

namespace Serai.Machine.Firmware;

/// <summary>What a DSDT says must be written to power off: its \_S5 package's first two elements (ACPI 6.5, 7.4.2).</summary>
public struct SleepTypes
{
    private const uint Name = 0x5f35_535f, PackageOp = 0x12, ByteOp = 0x0a;

    /// <summary>The sleep type for PM1a control, or the sleep control register, and that for PM1b control.</summary>
    public byte First, Second;

    /// <summary>Looks for the package in a table; false where it has none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> table, out SleepTypes types)
    {
        types = default;
        for (uint place = 0; place + 8 < table.Length; place++)
        {
            if (FirmwareBytes.Word(table, place) != Name || FirmwareBytes.Byte(table, place + 4) != PackageOp)
                continue;
            // The package's length, whose first byte says how many follow, then how many elements it has.
            uint element = place + 5 + (FirmwareBytes.Byte(table, place + 5) >> 6) + 2;
            types.First = Constant(table, ref element);
            types.Second = Constant(table, ref element);
            return true;
        }
        return false;
    }

    /// <summary>A byte constant, or zero or one as an opcode.</summary>
    private static byte Constant(ReadOnlySpan<byte> table, ref uint place)
    {
        uint first = FirmwareBytes.Byte(table, place);
        uint value = first == ByteOp ? FirmwareBytes.Byte(table, place + 1) : first;
        place += first == ByteOp ? 2u : 1u;
        return (byte)(value & 7);
    }
}
