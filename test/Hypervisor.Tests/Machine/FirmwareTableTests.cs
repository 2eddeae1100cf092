using System;
using System.Linq;

using Serai.Machine.Firmware;
using Serai.Machine.Memory;

using Xunit;

using static Serai.Hypervisor.Tests.Machine.FirmwareTables;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>What is read from firmware's tables; cut short, they tell less and harm nobody.</summary>
public sealed class FirmwareTableTests
{
    private static (uint[] Found, uint LeftOut, uint Lowest, uint Highest, bool Wide) Read(byte[] table, int places = 64)
    {
        var room = new uint[places];
        ProcessorIdentifiers identifiers = default;
        identifiers.Read(table, room, new uint[places]);
        return (room[..(int)identifiers.Count], identifiers.LeftOut, identifiers.LowestLeftOut, identifiers.HighestLeftOut, identifiers.HasWide);
    }

    [Fact]
    public void ProcessorsOfBothKindsOfEntriesAreFoundOnce()
    {
        byte[] table = Madt(LocalApic(0), LocalApic(2), LocalX2Apic(2), LocalApic(4, 0), LocalApic(255), LocalX2Apic(300), LocalX2Apic(301, 0));
        (uint[] Found, uint LeftOut, uint Lowest, uint Highest, bool Wide) found = Read(table);
        Assert.Equal(new uint[] { 0, 2, 300 }, found.Found);
        Assert.True(found.Wide);
        Assert.False(Read(Madt(LocalApic(254), LocalX2Apic(7))).Wide);
    }

    [Fact]
    public void EachHasTheNumberOfItsFirstEntry()
    {
        byte[] table = Madt(LocalApic(4, number: 9), LocalX2Apic(300, number: 0x1_0000), LocalX2Apic(4, number: 8), LocalApic(6, 0, 3));
        uint[] identifiers = new uint[4], numbers = new uint[4];
        ProcessorIdentifiers found = default;
        found.Read(table, identifiers, numbers);
        Assert.Equal((2u, 4u, 300u), (found.Count, identifiers[0], identifiers[1]));
        Assert.Equal((9u, 0x1_0000u), (numbers[0], numbers[1]));
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 1)]
    [InlineData(300, 236)]
    public void ProcessorsWithoutAPlaceAreCounted(int all, uint leftOut)
    {
        byte[] table = Madt(Enumerable.Range(0, all).Select(number => LocalX2Apic((uint)(4 * number))));
        (uint[] Found, uint LeftOut, uint Lowest, uint Highest, bool Wide) found = Read(table);
        Assert.Equal(Math.Min(64, all), found.Found.Length);
        Assert.Equal(leftOut, found.LeftOut);
        if (leftOut != 0)
            Assert.Equal((64 * 4u, (uint)(all - 1) * 4), (found.Lowest, found.Highest));
    }

    [Fact]
    public void ATableThatIsCutShortTellsLess()
    {
        byte[] whole = Madt(LocalApic(0), LocalX2Apic(300));
        for (int length = 0; length <= whole.Length; length++)
            Assert.Equal(length < 52 ? 0 : length < whole.Length ? 1 : 2, Read(whole[..length]).Found.Length);
    }

    [Fact]
    public void TheWideFieldsCountWhereTheyAreFilledIn()
    {
        (int, byte[])[] narrow = [(40, BitConverter.GetBytes(0x1000u)), (64, BitConverter.GetBytes(0x604u)), (68, BitConverter.GetBytes(0x704u)),
            (76, BitConverter.GetBytes(0x608u))];
        FixedHardware old = FixedHardware.Read(Fadt(0, narrow));
        Assert.Equal((0x604ul, 0x704ul, 0x608ul, 0x1000ul), (old.PowerA.Address, old.PowerB.Address, old.Timer.Address, old.DefinitionBlock));
        Assert.True(old.PowerA.IsPort && old.PowerB.IsPort && old.Timer.IsPort);
        Assert.Equal(0xff_ffffu, old.TimerMask);
        Assert.False(old.Reset.Exists || old.SleepControl.Exists);
        FixedHardware wide = FixedHardware.Read(Fadt(1 << 8, [.. narrow, (140, BitConverter.GetBytes(0x1_0000_2000ul)), (172, Address(1, 0x404)),
            (184, Address(1, 0x444)), (208, Address(0, 0xfed0_0000))]));
        Assert.Equal((0x404ul, 0x444ul, 0xfed0_0000ul, 0x1_0000_2000ul),
            (wide.PowerA.Address, wide.PowerB.Address, wide.Timer.Address, wide.DefinitionBlock));
        Assert.True(wide.Timer.IsMemory);
        Assert.Equal(uint.MaxValue, wide.TimerMask);
    }

    [Fact]
    public void AHardwareReducedMachineHasNoneOfTheOldRegisters()
    {
        FixedHardware hardware = FixedHardware.Read(Fadt(1 << 20 | 1 << 10, (64, BitConverter.GetBytes(0x604u)), (76, BitConverter.GetBytes(0x608u)),
            (172, Address(1, 0x404)), (208, Address(1, 0x408)), (116, Address(0, 0xfea0_0002)), (128, [0x42]), (244, Address(0, 0xfea0_0000)),
            (109, BitConverter.GetBytes((ushort)0x20))));
        Assert.False(hardware.PowerA.Exists || hardware.PowerB.Exists || hardware.Timer.Exists);
        Assert.Equal((0xfea0_0000ul, 0xfea0_0002ul, (byte)0x42), (hardware.SleepControl.Address, hardware.Reset.Address, hardware.ResetValue));
        Assert.True(hardware.LacksBatteryClock && hardware.LacksKeyboardController);
    }

    /// <summary>A table of revision 1 has no word of which legacy devices there are; a reset register counts with its flag only.</summary>
    [Fact]
    public void AnOldTableSaysNothingAgainstLegacyDevices()
    {
        byte[] table = Fadt(0, (8, [1]), (109, [0x20, 0]), (116, Address(1, 0xcf9)))[..132];
        FixedHardware hardware = FixedHardware.Read(table);
        Assert.False(hardware.LacksBatteryClock || hardware.LacksKeyboardController || hardware.Reset.Exists);
        Assert.False(FixedHardware.Read([]).PowerA.Exists);
    }

    [Theory]
    [InlineData(new byte[] { 0x12, 6, 4, 0x0a, 5, 0x0a, 6, 0, 0 }, 5, 6)]
    [InlineData(new byte[] { 0x12, 6, 4, 1, 0, 0, 0 }, 1, 0)]
    [InlineData(new byte[] { 0x12, 0x46, 0, 4, 0x0a, 7, 0x0a, 3, 0, 0 }, 7, 3)]
    public void BothSleepTypesAreFound(byte[] package, int first, int second)
    {
        byte[] table = [.. new byte[40], .. "\u0008_S5_"u8, .. package, .. new byte[8]];
        Assert.True(SleepTypes.TryFind(table, out SleepTypes types));
        Assert.Equal(first, types.First);
        Assert.Equal(second, types.Second);
        Assert.False(SleepTypes.TryFind(table[..41], out _));
    }

    /// <summary>Tables may lie in what the map calls RAM: all are kept, with what the FADT points to, and nothing that is no table.</summary>
    [Fact]
    public void TablesInRamAreKept()
    {
        const ulong block = 0x40_0000, control = 0x48_0000;
        byte[] madt = FirmwareTables.Madt(FirmwareTables.LocalApic(0));
        byte[] fadt = FirmwareTables.Fadt(0, (36, BitConverter.GetBytes((uint)control)), (140, BitConverter.GetBytes(block)));
        byte[] broken = FirmwareTables.Table("OEM1", []);
        BitConverter.GetBytes(20u).CopyTo(broken, 4);
        ulong place = 0;
        TestMachine.Start(load: at =>
        {
            place = at;
            FirmwareTables.Table("DSDT", [1, 2, 3]).CopyTo(DirectMap.Bytes(new(block), 39));
            BitConverter.GetBytes(64u).CopyTo(DirectMap.Bytes(new(control + 4), 4));
            return FirmwareTables.Put(at, madt, fadt, broken);
        });
        ulong list = place + 64, first = list + 36 + 24;
        Assert.Equal(
            [(list, 60ul), (first, (ulong)madt.Length), (first + (ulong)madt.Length, (ulong)fadt.Length), (block, 39ul), (control, 64ul)],
            BootInformation.Claims);
    }

    /// <summary>The root pointer that the loader gives lies in memory that is taken before the tables are read.</summary>
    [Fact]
    public void TheRootPointerIsReadBeforeItsMemoryIsTaken()
    {
        ulong place = 0;
        TestMachine.Start(load: at => FirmwareTables.Put(place = at, FirmwareTables.Madt(FirmwareTables.LocalApic(0))));
        Acpi.Protect(place);
        DirectMap.Bytes(new(place), 36).Clear();
        Acpi.Find();
        Assert.Equal(1u, Acpi.ProcessorCount);
    }

    /// <summary>A table beyond what is mapped when memory is looked at first is kept unseen, but no nonsense.</summary>
    [Fact]
    public void ATableThatCannotBeReadYetIsKept()
    {
        ulong place = 0;
        TestMachine.Start(load: at
            => FirmwareTables.Put(place = at, FirmwareTables.Madt(FirmwareTables.LocalApic(0)), FirmwareTables.Table("OEM1", [])));
        ulong entry = place + 64 + 36 + 8, far = DirectMap.Limit + 0x1234_5000;
        foreach ((ulong address, int count) in new[] { (far, 1), (ulong.MaxValue - 100, 0), (1ul << 52, 0) })
        {
            BitConverter.GetBytes(address).CopyTo(DirectMap.Bytes(new(entry), 8));
            BootInformation.Claims.Clear();
            Acpi.Protect(place);
            Assert.Equal(count, BootInformation.Claims.FindAll(it => it == (address, 1ul << 20)).Count);
        }
    }

    /// <summary>Below 1 MiB there is no RAM for anybody, and nothing needs to be kept.</summary>
    [Fact]
    public void TablesInTheLowMegabyteNeedNoKeeping()
    {
        TestMachine.Start(load: at =>
        {
            FirmwareTables.Put(0xf_0000, FirmwareTables.Madt(FirmwareTables.LocalApic(0)));
            return at;
        });
        Assert.Empty(BootInformation.Claims);
        Assert.Equal(1u, Acpi.ProcessorCount);
    }
}
