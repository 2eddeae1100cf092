using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

using static Serai.Hypervisor.Tests.Control.PlatformGuest;

namespace Serai.Hypervisor.Tests.Control;

/// <summary>What platform_op tells of processors: which there are, and how long each has idled.</summary>
public sealed class ProcessorCallTests
{
    private static TinyGuest Start(params byte[][] processors)
    {
        TestMachine.Start(load: place => FirmwareTables.Put(place, FirmwareTables.Madt(processors)));
        for (uint number = 0; number < Processors.All.Length; number++)
            Processors.All[number].Value.ApicIdentifier = 2 * number;
        var initial = new TinyGuest("Domain-0", initial: true);
        initial.Enter();
        return initial;
    }

    private static PlatformCpuInfo InfoOf(TinyGuest initial, uint number)
    {
        var asked = new PlatformCpuInfo { XenCpuId = number, ApicId = 77, AcpiId = 88 };
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.GetCpuInfo, new PlatformOperation { CpuInfo = asked });
        Assert.Equal((0L, number), (result, told.CpuInfo.XenCpuId));
        return told.CpuInfo;
    }

    [Fact]
    public void EveryProcessorThatIsThereIsTold()
    {
        TinyGuest initial = Start(FirmwareTables.LocalApic(0, number: 5), FirmwareTables.LocalX2Apic(2, number: 1000),
            FirmwareTables.LocalX2Apic(6, number: 3));
        PlatformCpuInfo first = InfoOf(initial, 0), second = InfoOf(initial, 1), third = InfoOf(initial, 2);
        Assert.Equal((2u, PlatformCpuFlags.Online, 0u, 5u), (first.MaxPresent, first.Flags, first.ApicId, first.AcpiId));
        Assert.Equal((2u, PlatformCpuFlags.Online, 2u, 1000u), (second.MaxPresent, second.Flags, second.ApicId, second.AcpiId));
        // The firmware has no word about this one.
        Assert.Equal((PlatformCpuFlags.Online, 4u, uint.MaxValue), (third.Flags, third.ApicId, third.AcpiId));
        foreach (uint number in new uint[] { 3, 63, 64, 65, int.MaxValue, uint.MaxValue })
        {
            PlatformCpuInfo other = InfoOf(initial, number);
            Assert.Equal((2u, PlatformCpuFlags.Invalid, 77u, 88u), (other.MaxPresent, other.Flags, other.ApicId, other.AcpiId));
        }
    }

    private static (long Result, PlatformIdleTime Record) Ask(TinyGuest initial, ulong bitmap, uint limit, ulong times)
    {
        var asked = new PlatformIdleTime { Bitmap = bitmap, ProcessorLimit = limit, IdleTimes = times };
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.GetIdleTime, new PlatformOperation { IdleTime = asked });
        return (result, told.IdleTime);
    }

    private static ulong IdleTimeOfTheFirst(TinyGuest initial)
    {
        TinyGuest.Store(Area, 1ul);
        Assert.Equal(0, Ask(initial, Area, 1, Area + 8).Result);
        return TinyGuest.Load<ulong>(Area + 8);
    }

    [Fact]
    public void OnlyThoseThatAreThereAndAskedAboutAreTold()
    {
        TinyGuest initial = Start(FirmwareTables.LocalApic(0), FirmwareTables.LocalApic(2), FirmwareTables.LocalApic(4));
        foreach ((uint limit, ulong asked, ulong there) in new[]
        {
            (16u, 0xfffdul, 5ul), (2u, 0xfful, 3ul), (1u, 6ul, 0ul), (64u, ulong.MaxValue, 7ul),
        })
        {
            TinyGuest.Store(Area, asked);
            for (uint number = 0; number < 4; number++)
                TinyGuest.Store(Area + 64 + number * 8, 99ul);
            (long result, PlatformIdleTime told) = Ask(initial, Area, limit, Area + 64);
            ulong written = limit < 8 ? 0xff : limit == 64 ? ulong.MaxValue : (1ul << (int)limit) - 1;
            Assert.Equal((0L, SystemTime.Now), (result, told.Now));
            Assert.Equal(there, TinyGuest.Load<ulong>(Area) & written);
            for (int number = 1; number < 4; number++)
                Assert.Equal((there >> number & 1) != 0 ? told.Now : 99, TinyGuest.Load<ulong>(Area + 64 + (ulong)number * 8));
        }
        TinyGuest.Store(Area + 504, ulong.MaxValue);
        Assert.Equal(0, Ask(initial, Area, 4096, Area + 1024).Result);
        Assert.Equal(0ul, TinyGuest.Load<ulong>(Area + 504));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, Area, 4097, Area + 1024).Result);
        Assert.Equal(-(long)Errno.Inval, Ask(initial, Area, uint.MaxValue, Area + 1024).Result);
        Assert.Equal(0, Ask(initial, Nowhere, 0, Nowhere).Result);
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Nowhere, 1, Area).Result);
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Protected, 1, Area).Result);
        TinyGuest.Store(Area, 1ul);
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Area, 1, Nowhere).Result);
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Area, 1, Protected).Result);
    }

    [Fact]
    public void AProcessorIdlesWhereNobodyRunsAndNothingIsDone()
    {
        TinyGuest initial = Start();
        ref ProcessorState processor = ref TestMachine.Processor;
        Assert.True(Scheduler.TryChoose(ref processor, out _));
        ulong before = IdleTimeOfTheFirst(initial);
        TimeSource.Now += 5_000;
        Scheduler.TryChoose(ref processor, out _);
        Assert.Equal(before, IdleTimeOfTheFirst(initial));
        Scheduler.Pause(ref initial.Vcpu, PauseReasons.Blocked);
        Assert.False(Scheduler.TryChoose(ref processor, out _));
        TimeSource.Now += 7_000;
        Assert.Equal(before + 7_000, ProcessorSchedule.All[0].IdleUntil(SystemTime.Now));
        ulong begun = Account.Begin(ref processor);
        TimeSource.Now += 1_000;
        Assert.Equal(before + 7_000, ProcessorSchedule.All[0].IdleUntil(SystemTime.Now));
        Scheduler.Unblock(ref initial.Vcpu);
        Account.End(ref processor, begun);
        TimeSource.Now += 300;
        Assert.True(Scheduler.TryChoose(ref processor, out _));
        TimeSource.Now += 4_000;
        Assert.Equal(before + 7_300, IdleTimeOfTheFirst(initial));
    }

    [Fact]
    public void TheMakeIsToldAsTheMakersCount()
    {
        TinyGuest initial = Start(FirmwareTables.LocalApic(0), FirmwareTables.LocalApic(2));
        foreach ((uint signature, uint family, uint model, uint stepping) in new[]
            { (0x0080_0f12u, 0x17u, 0x01u, 2u), (0x0009_06eau, 6u, 0x9eu, 10u), (0x0000_0543u, 5u, 4u, 3u), (0x0fff_0543u, 5u, 4u, 3u) })
        {
            SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x6874_7541, 0x444d_4163, 0x6974_6e65);
            SimulatedProcessor.Cpuid[(1, 0)] = (signature, 0, 0, 0);
            PlatformCpuVersion told = Version(initial, 1);
            Assert.Equal((1u, 1u, family, model, stepping), (told.XenCpuId, told.MaxPresent, told.Family, told.Model, told.Stepping));
            Assert.Equal("AuthenticAMD"u8, told.VendorId.AsReadOnlySpan());
            told = Version(initial, 2);
            Assert.Equal((2u, 1u, 0u, 0u, 0u, (byte)0), (told.XenCpuId, told.MaxPresent, told.Family, told.Model, told.Stepping, told.VendorId[11]));
        }
    }

    private static PlatformCpuVersion Version(TinyGuest initial, uint number)
    {
        var asked = new PlatformCpuVersion { XenCpuId = number, Family = 1, Model = 2, Stepping = 3 };
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.GetCpuVersion, new PlatformOperation { CpuVersion = asked });
        Assert.Equal(0, result);
        return told.CpuVersion;
    }

    private static long Ask(TinyGuest initial, PlatformCommand command, uint first, uint second = 0)
    {
        // Each of these has its first word here, and the second behind it.
        var record = new PlatformOperation { CoreParking = new PlatformCoreParking { Type = (CoreParkingType)first, IdleCount = second } };
        return initial.Platform(command, record).Result;
    }

    [Fact]
    public void NoProcessorComesOrGoes()
    {
        TinyGuest initial = Start(FirmwareTables.LocalApic(0), FirmwareTables.LocalApic(2));
        foreach ((uint number, Errno online, Errno offline) in new[]
        {
            (0u, Errno.None, Errno.OpNotSupp), (1u, Errno.None, Errno.OpNotSupp), (2u, Errno.Inval, Errno.Inval), (64u, Errno.Inval, Errno.Inval),
            (uint.MaxValue, Errno.Inval, Errno.Inval),
        })
        {
            Assert.Equal(-(long)online, Ask(initial, PlatformCommand.CpuOnline, number));
            Assert.Equal(-(long)offline, Ask(initial, PlatformCommand.CpuOffline, number));
        }
        Assert.Equal(-(long)Errno.Exist, Ask(initial, PlatformCommand.CpuHotAdd, 2, 9));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, PlatformCommand.CpuHotAdd, 4, 9));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, PlatformCommand.MemoryHotAdd, 0));
        const uint set = 1, get = 2;
        Assert.Equal(0, Ask(initial, PlatformCommand.CoreParking, set));
        Assert.Equal(-(long)Errno.OpNotSupp, Ask(initial, PlatformCommand.CoreParking, set, 1));
        (long result, PlatformOperation told) = initial.Platform(PlatformCommand.CoreParking,
            new PlatformOperation { CoreParking = new PlatformCoreParking { Type = (CoreParkingType)get, IdleCount = 5 } });
        Assert.Equal((0L, 0u), (result, told.CoreParking.IdleCount));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, PlatformCommand.CoreParking, 0));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, PlatformCommand.CoreParking, 3));
        // The only one: as many as can be are parked.
        Assert.Equal(0, Ask(Start(FirmwareTables.LocalApic(0)), PlatformCommand.CoreParking, set, 1));
    }

    [Fact]
    public void NoRegistersAndNoSymbolsAreTold()
    {
        TinyGuest initial = Start();
        foreach ((uint count, ulong place, Errno expected) in new[]
        {
            (0u, Nowhere, Errno.None), (1u, Area, Errno.OpNotSupp), (3u, Nowhere, Errno.Fault), (4u, Area, Errno.Inval),
            (uint.MaxValue, Area, Errno.Inval),
        })
        {
            var resources = new PlatformResources { Count = count, Entries = place };
            Assert.Equal(-(long)expected, initial.Platform(PlatformCommand.ResourceOp, new PlatformOperation { Resources = resources }).Result);
        }
        TinyGuest.Store(Area, ulong.MaxValue);
        foreach ((uint number, uint length, ulong place, Errno expected) in new[]
        {
            (0u, 0u, Nowhere, Errno.None), (0u, 100u, Area, Errno.None), (0u, 1u, Nowhere, Errno.Fault), (1u, 100u, Area, Errno.Range),
            (uint.MaxValue, 0u, Area, Errno.Range),
        })
        {
            var symbol = new PlatformSymbol { SymbolNumber = number, NameLength = length, Name = place, Address = 7, Type = 8 };
            (long result, PlatformOperation told) = initial.Platform(PlatformCommand.GetSymbol, new PlatformOperation { Symbol = symbol });
            Assert.Equal(-(long)expected, result);
            Assert.Equal(number, told.Symbol.SymbolNumber);
            if (expected == Errno.None)
                Assert.Equal((1u, 0ul, (byte)0), (told.Symbol.NameLength, told.Symbol.Address, told.Symbol.Type));
        }
        Assert.Equal(ulong.MaxValue << 8, TinyGuest.Load<ulong>(Area));
        Assert.Equal(-(long)Errno.Inval, Ask(initial, PlatformCommand.MicrocodeUpdate, 16, 0));
        foreach (PlatformCommand absent in new[] { PlatformCommand.EfiRuntimeCall, PlatformCommand.ChangeFrequency, (PlatformCommand)64 })
            Assert.Equal(-(long)Errno.NoSys, Ask(initial, absent, 0));
    }

    [Fact]
    public void OnlyWhoRunsTheMachineIsTold()
    {
        Start();
        var guest = new TinyGuest("one");
        guest.Enter();
        foreach (PlatformCommand command in Enum.GetValues<PlatformCommand>())
            Assert.Equal(-(long)Errno.Perm, guest.Platform(command).Result);
    }

    [Fact]
    public void ARecordThatCannotBeWrittenIsAFault()
    {
        TinyGuest initial = Start();
        foreach (PlatformCommand command in new[] { PlatformCommand.GetCpuInfo, PlatformCommand.GetIdleTime, PlatformCommand.GetCpuVersion })
        {
            const int page = 20;
            DirectMap.At<ulong>(initial.Frames[page].Address) = (uint)command | (ulong)PlatformInterface.Version << 32;
            ulong entry = TinyGuest.Entry(initial.Frames[page], writable: false), place = TinyGuest.AddressOf(page);
            Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, place, entry, 2));
            Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.PlatformOp, place));
        }
    }
}
