using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Firmware;

/// <summary>
/// The little of ACPI that the hypervisor itself needs (ACPI 6.5, chapter 5): processors, I/O APICs and interrupt overrides from the MADT
/// (<see cref="InterruptRouting"/> keeps the latter), and how to power off from the FADT and the DSDT's \_S5 package. Tables are firmware's: every
/// length is checked against the direct map before use.
/// </summary>
public static class Acpi
{
    private const uint MadtSignature = 0x4349_5041, FadtSignature = 0x5043_4146, S5Name = 0x5f35_535f;
    private const ulong HeaderBytes = 36;
    private const ulong LongestTable = 1 << 20;

    private static readonly uint[] processors = new uint[ProcessorState.Maximum];

    /// <summary>Enabled processors that the MADT tells of, at most <see cref="ProcessorState.Maximum"/>; at least one, this one.</summary>
    public static uint ProcessorCount { get; private set; }

    /// <summary>The APIC identifier of one of them, in the table's order.</summary>
    public static uint ProcessorIdentifier(uint index) => processors[(int)index];

    /// <summary>The port of PM1a control and the value that powers off, or 0.</summary>
    public static ushort PowerPort { get; private set; }

    /// <summary>See <see cref="PowerPort"/>.</summary>
    public static ushort PowerValue { get; private set; }

    private static bool IsMapped(ulong address, ulong bytes) => address != 0 && address + bytes > address && address + bytes <= DirectMap.Limit;

    private static uint Word(ulong address)
        => IsMapped(address, 4) ? DirectMap.At<byte>(address) | (uint)DirectMap.At<byte>(address + 1) << 8
            | (uint)DirectMap.At<byte>(address + 2) << 16 | (uint)DirectMap.At<byte>(address + 3) << 24 : 0;

    private static byte Byte(ulong address) => IsMapped(address, 1) ? DirectMap.At<byte>(address) : (byte)0;

    /// <summary>Reads the tables from a root pointer the loader gave, or else from the firmware's area below 1 MiB.</summary>
    public static void Find(ulong root)
    {
        for (ulong place = 0xe_0000; root == 0 && place < 0x10_0000; place += 16)
        {
            if (Word(place) == 0x2044_5352 && Word(place + 4) == 0x2052_5450)
                root = place;
        }
        if (root == 0)
            return;
        bool wide = Byte(root + 15) >= 2;
        ulong list = wide ? Word(root + 24) | (ulong)Word(root + 28) << 32 : Word(root + 16);
        uint step = wide ? 8u : 4u;
        for (ulong entry = list + HeaderBytes; entry + step <= list + LengthOf(list); entry += step)
            ReadTable(wide ? Word(entry) | (ulong)Word(entry + 4) << 32 : Word(entry));
    }

    private static ulong LengthOf(ulong table)
    {
        ulong length = Word(table + 4);
        return length <= LongestTable && IsMapped(table, length) ? length : 0;
    }

    private static void ReadTable(ulong table)
    {
        switch (Word(table))
        {
            case MadtSignature: ReadMadt(table); break;
            case FadtSignature: ReadFadt(table); break;
        }
    }

    private static void ReadMadt(ulong table)
    {
        ulong end = table + LengthOf(table);
        for (ulong entry = table + 44; entry + 2 <= end && Byte(entry + 1) >= 2; entry += Byte(entry + 1))
        {
            const uint enabled = 1;
            if (Byte(entry) == 0 && (Word(entry + 4) & enabled) != 0 && ProcessorCount < ProcessorState.Maximum)
                processors[(int)ProcessorCount++] = Byte(entry + 3);
            else if (Byte(entry) == 1)
                InterruptRouting.AddChip(Word(entry + 4), Word(entry + 8));
            else if (Byte(entry) == 2)
                InterruptRouting.AddOverride(Byte(entry + 3), Word(entry + 4), Byte(entry + 8));
        }
    }

    private static void ReadFadt(ulong table)
    {
        ulong dsdt = Word(table + 40);
        ulong end = dsdt + LengthOf(dsdt);
        for (ulong place = dsdt + HeaderBytes; place + 16 < end; place++)
        {
            // NameOp, then the name, then a package whose first element is the sleep type: a byte constant, or zero or one as an opcode.
            if (Word(place) != S5Name || Byte(place + 4) != 0x12)
                continue;
            ulong element = place + 5 + (ulong)(Byte(place + 5) >> 6) + 2;
            uint type = Byte(element) == 0x0a ? Byte(element + 1) : Byte(element);
            PowerPort = (ushort)Word(table + 64);
            PowerValue = (ushort)((type & 7) << 10 | 1 << 13);
            return;
        }
    }
}
