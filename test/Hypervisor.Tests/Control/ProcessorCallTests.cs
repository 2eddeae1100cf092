using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

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
        foreach (PlatformCommand command in new[] { PlatformCommand.GetCpuInfo, PlatformCommand.GetIdleTime })
        {
            const int page = 20;
            DirectMap.At<ulong>(initial.Frames[page].Address) = (uint)command | (ulong)PlatformInterface.Version << 32;
            ulong entry = TinyGuest.Entry(initial.Frames[page], writable: false), place = TinyGuest.AddressOf(page);
            Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, place, entry, 2));
            Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.PlatformOp, place));
        }
    }
}
