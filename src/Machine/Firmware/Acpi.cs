using System;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;
using Serai.Machine.Pci;
using Serai.Machine.Processor;

namespace Serai.Machine.Firmware;

/// <summary>
/// The little of ACPI that the hypervisor itself needs (ACPI 6.5, chapter 5): processors, I/O APICs and interrupt overrides from the MADT (<see
/// cref="InterruptRouting"/> keeps the latter two), the machine's own registers from the FADT, the DSDT's \_S5 package, where the HPET is, and from
/// the MCFG where configuration space is (<see cref="ConfigurationMemory"/> keeps it). Tables are firmware's: every length is checked against the
/// direct map before use, and every field against the table.
/// </summary>
public static class Acpi
{
    private const uint MadtSignature = 0x4349_5041, FadtSignature = 0x5043_4146, HpetSignature = 0x5445_5048,
        McfgSignature = 0x4746_434d;
    private const uint HeaderBytes = 36, LeastControlBytes = 24;
    private const ulong LongestTable = 1 << 20, LowMegabyte = 1 << 20, HighestTable = 1ul << 52;

    private struct State
    {
        public uint ProcessorCount, LeftOut, LowestLeftOut, HighestLeftOut;
        public Identifiers Processors, ProcessorNumbers;
        public FixedHardware Hardware;
        public SleepTypes Off;
        public bool HasOff, HasWideIdentifiers, IsWideList;
        public ulong EventTimer, List;
    }

    [InlineArray((int)ProcessorState.Maximum)]
    private struct Identifiers
    {
        private uint element;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>Enabled processors that the MADT tells of, at most <see cref="ProcessorState.Maximum"/>; 0 where there is no such table.</summary>
    public static uint ProcessorCount => Now.ProcessorCount;

    /// <summary>How many the MADT tells of beyond those, and the lowest and highest APIC identifier among them.</summary>
    public static uint ProcessorsLeftOut => Now.LeftOut;

    /// <summary>See <see cref="ProcessorsLeftOut"/>.</summary>
    public static uint LowestLeftOut => Now.LowestLeftOut;

    /// <summary>See <see cref="ProcessorsLeftOut"/>.</summary>
    public static uint HighestLeftOut => Now.HighestLeftOut;

    /// <summary>Whether a processor has an APIC identifier of more than eight bits.</summary>
    public static bool HasWideIdentifiers => Now.HasWideIdentifiers;

    /// <summary>The APIC identifier of one of them, in the table's order.</summary>
    public static uint ProcessorIdentifier(uint index) => Now.Processors[(int)index];

    /// <summary>The number of a processor that no table tells of.</summary>
    public const uint NoProcessor = uint.MaxValue;

    /// <summary>The number by which the firmware's objects name the processor with an APIC identifier (its ACPI processor UID).</summary>
    public static uint ProcessorNumber(uint identifier)
    {
        for (uint index = 0; index < Now.ProcessorCount; index++)
        {
            if (Now.Processors[(int)index] == identifier)
                return Now.ProcessorNumbers[(int)index];
        }
        return NoProcessor;
    }

    /// <summary>Whether the firmware tells of an enabled processor by that number of its own.</summary>
    public static bool HasProcessor(uint number)
    {
        for (uint index = 0; index < Now.ProcessorCount; index++)
        {
            if (Now.ProcessorNumbers[(int)index] == number)
                return true;
        }
        return false;
    }

    /// <summary>The machine's own registers.</summary>
    public static FixedHardware Hardware
    {
        get => Now.Hardware;
        internal set => Now.Hardware = value;
    }

    /// <summary>What is written to power off; false where no table tells.</summary>
    public static bool TryGetOff(out SleepTypes types)
    {
        types = Now.Off;
        return Now.HasOff;
    }

    /// <summary>What is written to power off, by the word of who interprets the firmware's code.</summary>
    public static void LearnOff(in SleepTypes types) => (Now.Off, Now.HasOff) = (types, true);

    /// <summary>The physical address of the HPET's registers, or 0.</summary>
    public static ulong EventTimer
    {
        get => Now.EventTimer;
        internal set => Now.EventTimer = value;
    }

    private static bool IsMapped(ulong address, ulong bytes) => address != 0 && address + bytes > address && address + bytes <= DirectMap.Limit;

    private static uint Word(ulong address) => IsMapped(address, 4) ? FirmwareBytes.Word(DirectMap.Bytes(new(address), 4), 0) : 0;

    private static ulong Long(ulong address) => Word(address) | (ulong)Word(address + 4) << 32;

    /// <summary>Reads the tables of the list that was noted.</summary>
    public static void Find()
    {
        Hardware = default;
        Now.ProcessorCount = Now.LeftOut = 0;
        Now.HasWideIdentifiers = Now.HasOff = false;
        EventTimer = 0;
        for (uint index = 0; TryFindTable(index, out ulong table); index++)
            ReadTable(table);
    }

    /// <summary>
    /// Before any memory is taken: notes where the list of tables is, by a root pointer that the loader gave, which lies in memory that is taken
    /// later, or else by that in the firmware's area below 1 MiB. Tables that lie in what the map calls RAM are kept as they are, for the hypervisor
    /// and the initial domain; one that is beyond what is mapped yet is kept as if it were as long as any. Below 1 MiB nothing is ever used as RAM.
    /// </summary>
    public static void Protect(ulong root)
    {
        Now.List = ListOf(RootAt(root), out Now.IsWideList);
        Protect(Now.List, HeaderBytes);
        for (uint index = 0; TryFindTable(index, out ulong table); index++)
        {
            Protect(table, HeaderBytes);
            if (FirmwareBytes.Word(Table(table), 0) != FadtSignature)
                continue;
            FixedHardware hardware = FixedHardware.Read(Table(table));
            Protect(hardware.DefinitionBlock, HeaderBytes);
            Protect(hardware.ControlStructure, LeastControlBytes);
        }
    }

    private static void Protect(ulong address, uint least)
    {
        if (address >= DirectMap.Limit)
        {
            if (address < HighestTable)
                BootInformation.Claim(address, LongestTable);
            return;
        }
        ulong length = Word(address + 4);
        if (length >= least && length <= LongestTable && address >= LowMegabyte && IsMapped(address, length))
            BootInformation.Claim(address, length);
    }

    /// <summary>Where the root pointer is that the loader gave, or else that in the firmware's area below 1 MiB; 0 for nowhere.</summary>
    private static ulong RootAt(ulong given)
    {
        for (ulong place = 0xe_0000; given == 0 && place < 0x10_0000; place += 16)
        {
            if (Word(place) == 0x2044_5352 && Word(place + 4) == 0x2052_5450)
                given = place;
        }
        return given;
    }

    private static ulong ListOf(ulong root, out bool isWide)
    {
        isWide = root != 0 && Word(root + 12) >> 24 >= 2 && Long(root + 24) != 0;
        return root == 0 ? 0 : isWide ? Long(root + 24) : Word(root + 16);
    }

    private static bool TryFindTable(uint index, out ulong table)
    {
        ulong list = Now.List;
        bool isWide = Now.IsWideList;
        uint step = isWide ? 8u : 4u, entry = HeaderBytes + index * step;
        bool isThere = list != 0 && entry + step <= Table(list).Length;
        table = !isThere ? 0 : isWide ? Long(list + entry) : Word(list + entry);
        return isThere;
    }

    /// <summary>The bytes of a table; none where its length is no table's.</summary>
    private static ReadOnlySpan<byte> Table(ulong address)
    {
        ulong length = Word(address + 4);
        return length is >= HeaderBytes and <= LongestTable && IsMapped(address, length) ? DirectMap.Bytes(new(address), length) : default;
    }

    private static void ReadTable(ulong address)
    {
        ReadOnlySpan<byte> table = Table(address);
        switch (FirmwareBytes.Word(table, 0))
        {
            case MadtSignature: ReadProcessors(table); ReadRouting(table); break;
            case FadtSignature: ReadFadt(table); break;
            // The registers' address is in a structure that says memory (IA-PC HPET 1.0a, 3.2.4).
            case HpetSignature: EventTimer = FirmwareBytes.Byte(table, 40) == 0 ? FirmwareBytes.Long(table, 44) : 0; break;
            case McfgSignature: ReadConfigurationMemory(table); break;
        }
    }

    private static void ReadProcessors(ReadOnlySpan<byte> table)
    {
        ProcessorIdentifiers identifiers = default;
        identifiers.Read(table, Now.Processors, Now.ProcessorNumbers);
        (Now.ProcessorCount, Now.HasWideIdentifiers) = (identifiers.Count, identifiers.HasWide);
        (Now.LeftOut, Now.LowestLeftOut, Now.HighestLeftOut) = (identifiers.LeftOut, identifiers.LowestLeftOut, identifiers.HighestLeftOut);
    }

    private static void ReadRouting(ReadOnlySpan<byte> table)
    {
        const uint firstEntry = 44, ioApic = 1, interruptOverride = 2;
        uint length;
        for (uint entry = firstEntry; (length = FirmwareBytes.Byte(table, entry + 1)) >= 2 && entry + length <= table.Length; entry += length)
        {
            uint type = FirmwareBytes.Byte(table, entry);
            if (type == ioApic)
                InterruptRouting.AddChip(FirmwareBytes.Word(table, entry + 4), FirmwareBytes.Word(table, entry + 8));
            else if (type == interruptOverride)
                AddOverride(table.Slice((int)entry, (int)length));
        }
    }

    private static void ReadConfigurationMemory(ReadOnlySpan<byte> table)
    {
        const uint firstEntry = 44, entryBytes = 16;
        for (uint entry = firstEntry; entry + entryBytes <= table.Length; entry += entryBytes)
        {
            ConfigurationMemory.Add(FirmwareBytes.Long(table, entry), FirmwareBytes.Half(table, entry + 8), FirmwareBytes.Byte(table, entry + 10),
                FirmwareBytes.Byte(table, entry + 11));
        }
    }

    private static void AddOverride(ReadOnlySpan<byte> entry)
        => InterruptRouting.AddOverride(FirmwareBytes.Byte(entry, 3), FirmwareBytes.Word(entry, 4), FirmwareBytes.Byte(entry, 8));

    private static void ReadFadt(ReadOnlySpan<byte> table)
    {
        Hardware = FixedHardware.Read(table);
        Now.HasOff = SleepTypes.TryFind(Table(Hardware.DefinitionBlock), out Now.Off);
    }
}
