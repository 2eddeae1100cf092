using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

using Xunit;

using static Serai.Hypervisor.Tests.Control.PlatformGuest;
using static Serai.Hypervisor.Tests.Machine.FirmwareTables;

namespace Serai.Hypervisor.Tests.Control;

/// <summary>What platform_op tells of the firmware, and what it is told of processors by it.</summary>
public sealed class FirmwareCallTests
{
    private readonly TinyGuest initial;

    public FirmwareCallTests()
    {
        TestMachine.Start(load: place => Put(place, Madt(LocalApic(0, number: 5), LocalApic(2, number: 9), LocalApic(4, flags: 0, number: 11))));
        initial = new TinyGuest("Domain-0", initial: true);
        initial.Enter();
    }

    private (long Result, PlatformFirmwareInfo Record) Tell(FirmwareInfoType type, uint index)
    {
        var asked = new PlatformFirmwareInfo { Type = type, Index = index };
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.FirmwareInfo, new PlatformOperation { FirmwareInfo = asked });
        return (result, told.FirmwareInfo);
    }

    [Fact]
    public void TheKeyboardsFlagsAreThoseThatTheFirmwareLeft()
    {
        foreach (byte flags in new byte[] { 0, 0x20, 0xff })
        {
            DirectMap.At<byte>(new(0x417)) = flags;
            (long result, PlatformFirmwareInfo told) = Tell(FirmwareInfoType.KeyboardShiftFlags, 0);
            Assert.Equal((0L, flags), (result, told.KeyboardShiftFlags));
        }
        Assert.Equal(-(long)Errno.Srch, Tell(FirmwareInfoType.KeyboardShiftFlags, 1).Result);
    }

    [Fact]
    public void WhatABiosWouldTellIsNotThere()
    {
        foreach (uint index in new uint[] { 0, 1, 128, uint.MaxValue })
        {
            foreach (FirmwareInfoType type in new[] { FirmwareInfoType.Disk, FirmwareInfoType.DiskMbrSignature, FirmwareInfoType.VbeDdc })
                Assert.Equal(-(long)Errno.Srch, Tell(type, index).Result);
            Assert.Equal(-(long)Errno.NoSys, Tell(FirmwareInfoType.Efi, index).Result);
            foreach (uint type in new uint[] { 0, 6, uint.MaxValue })
                Assert.Equal(-(long)Errno.Inval, Tell((FirmwareInfoType)type, index).Result);
        }
    }

    private long Take(PlatformPowerInfo info)
        => initial.Platform(PlatformCommand.SetProcessorPowerInfo, new PlatformOperation { PowerInfo = info }).Result;

    private long TakeIdle(uint id, uint count, ulong states) => Take(new PlatformPowerInfo
    {
        Id = id, Type = PowerInfoType.IdleStates, IdleStates = new ProcessorIdleStates { Count = count, States = states },
    });

    private long TakePerformance(uint id, ProcessorPerformanceFlags flags, uint count, ulong states)
    {
        var info = new PlatformPowerInfo { Performance = new ProcessorPerformance { Flags = flags, Count = count, States = states } };
        (info.Id, info.Type) = (id, PowerInfoType.PerformanceStates);
        return Take(info);
    }

    [Fact]
    public void StatesAreTakenOfProcessorsThatTheFirmwareKnows()
    {
        foreach (uint id in new uint[] { 5, 9, 0, 11, uint.MaxValue })
        {
            Errno expected = id is 5 or 9 ? Errno.None : Errno.Inval;
            Assert.Equal(-(long)expected, TakeIdle(id, 3, Area));
            Assert.Equal(-(long)expected, TakePerformance(id, ProcessorPerformanceFlags.States, 3, Area));
            Assert.Equal(-(long)Errno.NoSys, Take(new PlatformPowerInfo { Id = id, Type = PowerInfoType.ThrottlingStates }));
            Assert.Equal(-(long)Errno.Inval, Take(new PlatformPowerInfo { Id = id, Type = (PowerInfoType)4 }));
        }
    }

    [Fact]
    public void AListOfStatesLiesWhereAGuestsMay()
    {
        ulong last = Layout.Start - 48;
        foreach ((uint count, ulong place) in new[]
        {
            (1u, Layout.Start), (uint.MaxValue, (1ul << 47) - Mfn.Size), (1u, ulong.MaxValue - 47), (1u, last | 1),
        })
        {
            Assert.Equal(-(long)Errno.Fault, TakeIdle(5, count, place));
            Assert.Equal(-(long)Errno.Fault, TakePerformance(5, ProcessorPerformanceFlags.States, count, place));
            Assert.Equal(0, TakePerformance(5, ProcessorPerformanceFlags.Limit, count, place));
        }
        Assert.Equal(0, TakeIdle(5, 0, 0));
    }

    private long TellCapabilities(ulong place) => Take(new PlatformPowerInfo { Type = PowerInfoType.Capabilities, Capabilities = place });

    [Fact]
    public void TheFirmwareIsToldOfNoDriverButTheHaltOfC1()
    {
        foreach (ulong head in new ulong[] { 1 | 1ul << 32, 1 | 2ul << 32, 1 | ulong.MaxValue << 32 })
        {
            TinyGuest.Store(Area, head);
            TinyGuest.Store(Area + 8, ulong.MaxValue);
            Assert.Equal(0, TellCapabilities(Area));
            Assert.Equal((head, ulong.MaxValue << 32 | 2), (TinyGuest.Load<ulong>(Area), TinyGuest.Load<ulong>(Area + 8)));
        }
        foreach (ulong head in new ulong[] { 0, 1, 1ul << 32, 2 | 1ul << 32, ulong.MaxValue })
        {
            TinyGuest.Store(Area, head);
            Assert.Equal(-(long)Errno.Inval, TellCapabilities(Area));
        }
        Assert.Equal(-(long)Errno.Fault, TellCapabilities(Nowhere));
        Assert.Equal(-(long)Errno.Fault, TellCapabilities(ulong.MaxValue - 7));
    }

    private const ulong Table = 0x3000, Vendor = 0x3100, Configuration = 0x3200;

    /// <summary>EFI 2.7 by "Se", with so many elements of its configuration table.</summary>
    private static void BootByEfi(ulong elements = 3, ulong configuration = Configuration)
    {
        DirectMap.At<ulong>(new(Table)) = 0x5453_5953_2049_4249;
        DirectMap.At<uint>(new(Table + 8)) = 2 << 16 | 70;
        DirectMap.At<ulong>(new(Table + 24)) = Vendor;
        DirectMap.At<uint>(new(Table + 32)) = 0x1_0000;
        DirectMap.At<ulong>(new(Table + 104)) = elements;
        DirectMap.At<ulong>(new(Table + 112)) = configuration;
        DirectMap.At<ulong>(new(Vendor)) = 'S' | 'e' << 16;
        EfiSystem.Find(Table);
    }

    private (long Result, PlatformFirmwareInfo Record) TellEfi(EfiInfoType index, PlatformFirmwareInfo asked = default)
    {
        (asked.Type, asked.Index) = (FirmwareInfoType.Efi, (uint)index);
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.FirmwareInfo, new PlatformOperation { FirmwareInfo = asked });
        return (result, told.FirmwareInfo);
    }

    [Fact]
    public void WhereEfisOtherTablesAreIsTold()
    {
        BootByEfi();
        Assert.Equal((0L, 2u << 16 | 70), TellEfi(EfiInfoType.Version) is var version ? (version.Result, version.Record.EfiVersion) : default);
        (long result, PlatformFirmwareInfo told) = TellEfi(EfiInfoType.ConfigurationTable);
        Assert.Equal((0L, Configuration, 3u), (result, told.EfiConfiguration.Address, told.EfiConfiguration.Count));
        DirectMap.At<byte>(new(0x417)) = 0x20;
        Assert.Equal(0, Tell(FirmwareInfoType.KeyboardShiftFlags, 0).Record.KeyboardShiftFlags);
        Assert.Equal(-(long)Errno.NoDev, TellEfi(EfiInfoType.RuntimeVersion).Result);
        Assert.Equal(-(long)Errno.NoDev, TellEfi(EfiInfoType.AppleProperties).Result);
        Assert.Equal(-(long)Errno.NoEnt, TellEfi(EfiInfoType.PciRom).Result);
        Assert.Equal(-(long)Errno.Inval, TellEfi((EfiInfoType)7).Result);
        Assert.Equal(-(long)Errno.Inval, TellEfi((EfiInfoType)uint.MaxValue).Result);
    }

    [Fact]
    public void OfTheMakersNameIsToldWhatThereIsRoomFor()
    {
        BootByEfi();
        foreach ((uint room, ulong place, ulong written) in new[]
        {
            (0u, Nowhere, ulong.MaxValue), (1u, Nowhere, ulong.MaxValue), (3u, Area, ulong.MaxValue << 16 | 'S'),
            (4u, Area, ulong.MaxValue << 32 | 'S' | 'e' << 16),
            (uint.MaxValue, Area, ulong.MaxValue << 48 | 'S' | 'e' << 16),
        })
        {
            TinyGuest.Store(Area, ulong.MaxValue);
            var asked = new PlatformFirmwareInfo { EfiVendor = new EfiVendor { Bytes = room, Name = place } };
            (long result, PlatformFirmwareInfo told) = TellEfi(EfiInfoType.Vendor, asked);
            Assert.Equal((0L, 0x1_0000u), (result, told.EfiVendor.Revision));
            Assert.Equal(written, TinyGuest.Load<ulong>(Area));
        }
        Assert.Equal(-(long)Errno.Fault, TellEfi(EfiInfoType.Vendor, new() { EfiVendor = new EfiVendor { Bytes = 2, Name = Nowhere } }).Result);
    }

    [Fact]
    public void MemoryIsToldByTheLoadersMap()
    {
        BootByEfi();
        BootInformation.Reset(new E820Entry { Address = 0x1000, Size = 0x2000, Type = E820Type.Ram },
            new E820Entry { Address = 0x3000, Size = 0x1000, Type = E820Type.AcpiReclaimable },
            new E820Entry { Address = 0x8000, Size = 0x1000, Type = E820Type.Reserved },
            new E820Entry { Address = ulong.MaxValue - 0xfff, Size = 0x1000, Type = E820Type.AcpiNonVolatile });
        foreach ((ulong address, ulong size, ulong told, EfiMemoryType type) in new (ulong, ulong, ulong, EfiMemoryType)[]
        {
            (0x1000, 0x10, 0x10, EfiMemoryType.Conventional), (0x2fff, ulong.MaxValue, 1, EfiMemoryType.Conventional),
            (0x3000, ulong.MaxValue - 0x3000, 0x1000, EfiMemoryType.AcpiReclaimable), (0x8800, 0x800, 0x800, EfiMemoryType.Reserved),
            (ulong.MaxValue, 5, 1, EfiMemoryType.AcpiNonVolatile),
        })
        {
            var asked = new PlatformFirmwareInfo { EfiMemory = new EfiMemory { Address = address, Size = size } };
            (long result, PlatformFirmwareInfo answer) = TellEfi(EfiInfoType.Memory, asked);
            Assert.Equal((0L, address, told, 8ul, type), (result, answer.EfiMemory.Address, answer.EfiMemory.Size, answer.EfiMemory.Attributes,
                answer.EfiMemory.Type));
        }
        foreach (ulong address in new ulong[] { 0, 0xfff, 0x4000, 0x9000, ulong.MaxValue - 0x1000 })
            Assert.Equal(-(long)Errno.Srch, TellEfi(EfiInfoType.Memory, new() { EfiMemory = new EfiMemory { Address = address } }).Result);
    }

    [Fact]
    public void ATableThatIsNoneTellsNothing()
    {
        foreach (ulong address in new ulong[] { 0, DirectMap.Limit - 8, DirectMap.Limit, ulong.MaxValue - 7, Table + 8 })
        {
            BootByEfi();
            EfiSystem.Find(address);
            Assert.Equal(-(long)Errno.NoSys, TellEfi(EfiInfoType.ConfigurationTable).Result);
        }
        foreach ((ulong elements, ulong place) in new[]
        {
            (4097ul, Configuration), (ulong.MaxValue, Configuration), (3ul, 0ul), (3ul, ulong.MaxValue - 8), (3ul, DirectMap.Limit - 71),
        })
        {
            BootByEfi(elements, place);
            Assert.Equal(-(long)Errno.NoSys, TellEfi(EfiInfoType.Version).Result);
        }
        BootByEfi(3, DirectMap.Limit - 72);
        Assert.Equal(0, TellEfi(EfiInfoType.Version).Result);
    }
}
