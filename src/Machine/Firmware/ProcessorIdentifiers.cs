using System;

namespace Serai.Machine.Firmware;

/// <summary>
/// The enabled processors that a MADT tells of (ACPI 6.5, 5.2.12.2 and 5.2.12.12), each once though both kinds of entries may name it: as many as
/// there are places for, each with the number by which the firmware's objects name it, and of the rest how many and which.
/// </summary>
public struct ProcessorIdentifiers
{
    private const uint LocalApic = 0, LocalX2Apic = 9, Enabled = 1, FirstEntry = 44;
    private const uint Nobody = 0xff, NobodyWide = uint.MaxValue;

    /// <summary>How many places are filled.</summary>
    public uint Count;

    /// <summary>How many there was no place for, and the lowest and highest APIC identifier among them.</summary>
    public uint LeftOut, LowestLeftOut, HighestLeftOut;

    /// <summary>Whether a processor in a place has an identifier that only x2APIC mode can name.</summary>
    public bool HasWide;

    /// <summary>Reads a table; entries that do not fit into it are not read.</summary>
    public void Read(ReadOnlySpan<byte> table, Span<uint> places, Span<uint> numbers)
    {
        uint length;
        for (uint entry = FirstEntry; (length = FirmwareBytes.Byte(table, entry + 1)) >= 2 && entry + length <= table.Length; entry += length)
        {
            ReadOnlySpan<byte> body = table.Slice((int)entry, (int)length);
            uint type = FirmwareBytes.Byte(body, 0);
            if (type == LocalApic && (FirmwareBytes.Word(body, 4) & Enabled) != 0 && FirmwareBytes.Byte(body, 3) != Nobody)
                Add(FirmwareBytes.Byte(body, 3), FirmwareBytes.Byte(body, 2), places, numbers);
            else if (type == LocalX2Apic && (FirmwareBytes.Word(body, 8) & Enabled) != 0 && FirmwareBytes.Word(body, 4) != NobodyWide)
                Add(FirmwareBytes.Word(body, 4), FirmwareBytes.Word(body, 12), places, numbers);
        }
    }

    private void Add(uint identifier, uint number, Span<uint> places, Span<uint> numbers)
    {
        for (uint index = 0; index < Count; index++)
        {
            if (places[(int)index] == identifier)
                return;
        }
        if (Count < places.Length)
        {
            numbers[(int)Count] = number;
            places[(int)Count++] = identifier;
            HasWide |= identifier >= Nobody;
            return;
        }
        LowestLeftOut = LeftOut == 0 || identifier < LowestLeftOut ? identifier : LowestLeftOut;
        HighestLeftOut = identifier > HighestLeftOut ? identifier : HighestLeftOut;
        LeftOut++;
    }
}
