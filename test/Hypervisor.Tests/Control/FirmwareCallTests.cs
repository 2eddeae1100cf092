using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;
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
}
