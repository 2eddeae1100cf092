using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// What is the whole machine's, by platform_op: numbers of processors are indexes, and lists of them are as long as a guest says. The initial domain
/// is told what there is, and gets errors for the rest; nobody else is told anything.
/// </summary>
internal static class MachineEdges
{
    internal static void Run()
    {
        if (!Guest.IsInitial)
        {
            for (uint command = 0; command < 66; command++)
                Verdict.ExpectError(Ask((PlatformCommand)command), Errno.Perm, "a call for the machine"u8);
            Verdict.ExpectError(Check(MachineCheckCommand.PhysicalCpuInfo), Errno.Perm, "a call for machine checks"u8);
            return;
        }
        Processors();
        IdleTimes();
        Sleep();
        Firmware();
        MachineChecks();
    }

    private static PlatformOperation record;

    private static long Ask(PlatformCommand command)
    {
        record.Command = command;
        record.InterfaceVersion = PlatformInterface.Version;
        return Hypercalls.Call(Hypercall.PlatformOp, Hypercalls.AddressOf(in record));
    }

    private static void Processors()
    {
        record.CpuInfo = default;
        Verdict.ExpectDone(Ask(PlatformCommand.GetCpuInfo), "get_cpuinfo"u8);
        uint last = record.CpuInfo.MaxPresent;
        Verdict.Expect(record.CpuInfo.Flags == PlatformCpuFlags.Online && last < 64, "the first processor is there"u8);
        foreach (uint number in (ReadOnlySpan<uint>)[last + 1, 63, 64, 255, 65_536, int.MaxValue, uint.MaxValue])
        {
            record.CpuInfo.XenCpuId = number;
            Verdict.ExpectDone(Ask(PlatformCommand.GetCpuInfo), "get_cpuinfo of none"u8);
            Verdict.Expect(record.CpuInfo.Flags == PlatformCpuFlags.Invalid || number <= last, "a processor that there is not"u8);
        }
    }

    // None of these may end the machine, whatever is to be written; 7 is no type of sleep that an emulator's S5 has.
    private static void Sleep()
    {
        foreach (uint state in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 6, 255, uint.MaxValue])
        {
            foreach (uint flags in (ReadOnlySpan<uint>)[0, 1, 2, uint.MaxValue])
            {
                record.AcpiSleep = new PlatformAcpiSleep { SleepState = state, Flags = (PlatformAcpiSleepFlags)flags };
                Verdict.Expect(Ask(PlatformCommand.EnterAcpiSleep) < 0, "a state that there is not"u8);
            }
        }
        record.AcpiSleep = new PlatformAcpiSleep { SleepState = 5, ValueA = 0x3c00, ValueB = 0x3c00 };
        Verdict.ExpectError(Ask(PlatformCommand.EnterAcpiSleep), Errno.Inval, "a type of sleep that is not power off"u8);
    }

    private static MachineCheckOperation check;

    private static long Check(MachineCheckCommand command)
    {
        check.Command = command;
        check.InterfaceVersion = MachineCheckInterface.Version;
        return Hypercalls.Call(Hypercall.MachineCheck, Hypercalls.AddressOf(in check));
    }

    private static void MachineChecks()
    {
        Verdict.ExpectDone(Check(MachineCheckCommand.PhysicalCpuInfo), "how many processors there are"u8);
        Verdict.Expect(check.CpuInfo.Count is > 0 and <= 64, "a number of processors"u8);
        foreach (ulong address in (ReadOnlySpan<ulong>)[8, AddressSpace.HypervisorStart, 0x7fff_ffff_ffff, ulong.MaxValue])
        {
            check.CpuInfo = new MachineCheckCpuInfo { Count = int.MaxValue, Records = address };
            Verdict.ExpectError(Check(MachineCheckCommand.PhysicalCpuInfo), Errno.Fault, "processors told where nothing is"u8);
        }
        check.CpuInfo = new MachineCheckCpuInfo { Count = uint.MaxValue, Records = Frames.Take() };
        Verdict.ExpectError(Check(MachineCheckCommand.PhysicalCpuInfo), Errno.Inval, "room for less than none"u8);
        check.Fetch = new MachineCheckFetch { Flags = (uint)MachineCheckFetchFlags.Urgent, Data = 8 };
        Verdict.ExpectDone(Check(MachineCheckCommand.Fetch), "a fetch"u8);
        Verdict.Expect(check.Fetch.Flags == (uint)MachineCheckFetchResult.NoData, "a machine check that there was not"u8);
    }

    private static void Firmware()
    {
        foreach (uint index in (ReadOnlySpan<uint>)[0, 1, 255, uint.MaxValue])
        {
            record.FirmwareInfo = new PlatformFirmwareInfo { Type = FirmwareInfoType.Disk, Index = index };
            Verdict.ExpectError(Ask(PlatformCommand.FirmwareInfo), Errno.Srch, "a disk of the firmware's"u8);
            record.FirmwareInfo = new PlatformFirmwareInfo { Type = FirmwareInfoType.KeyboardShiftFlags, Index = index };
            Verdict.ExpectResult(Ask(PlatformCommand.FirmwareInfo), index == 0 ? 0 : -(long)Errno.Srch, "the keyboard's flags"u8);
            record.FirmwareInfo = new PlatformFirmwareInfo { Type = (FirmwareInfoType)(index + 6u), Index = index };
            if (index != uint.MaxValue)
                Verdict.ExpectError(Ask(PlatformCommand.FirmwareInfo), Errno.Inval, "what no firmware tells"u8);
        }
        foreach (ulong address in (ReadOnlySpan<ulong>)[8, AddressSpace.HypervisorStart, 0x7fff_ffff_ffff, ulong.MaxValue])
        {
            record.PowerInfo = new PlatformPowerInfo { Type = PowerInfoType.Capabilities, Capabilities = address };
            Verdict.ExpectError(Ask(PlatformCommand.SetProcessorPowerInfo), Errno.Fault, "capabilities where nothing is"u8);
        }
        record.PowerInfo = new PlatformPowerInfo { Type = PowerInfoType.IdleStates };
        record.PowerInfo.IdleStates = new ProcessorIdleStates { Count = uint.MaxValue, States = AddressSpace.HypervisorStart - 4096 };
        Verdict.ExpectError(Ask(PlatformCommand.SetProcessorPowerInfo), Errno.Fault, "C states that reach into the hypervisor"u8);
    }

    private static void IdleTimes()
    {
        ulong page = Frames.Take();
        Span<ulong> words = Frames.Words(page);
        words[0] = ulong.MaxValue;
        record.IdleTime = new PlatformIdleTime { Bitmap = page, ProcessorLimit = 64, IdleTimes = page + 64 };
        Verdict.ExpectDone(Ask(PlatformCommand.GetIdleTime), "getidletime"u8);
        Verdict.Expect((words[0] & 1) != 0 && words[8] <= record.IdleTime.Now, "the first processor's idle time"u8);
        foreach (uint limit in (ReadOnlySpan<uint>)[4097, 65_536, int.MaxValue, uint.MaxValue])
        {
            record.IdleTime.ProcessorLimit = limit;
            Verdict.ExpectError(Ask(PlatformCommand.GetIdleTime), Errno.Inval, "more processors than there can be"u8);
        }
        foreach (ulong address in (ReadOnlySpan<ulong>)[8, AddressSpace.HypervisorStart, 0x7fff_ffff_ffff, ulong.MaxValue])
        {
            words[0] = 1;
            record.IdleTime = new PlatformIdleTime { Bitmap = page, ProcessorLimit = 1, IdleTimes = address };
            Verdict.ExpectError(Ask(PlatformCommand.GetIdleTime), Errno.Fault, "idle times told where nothing is"u8);
            record.IdleTime = new PlatformIdleTime { Bitmap = address, ProcessorLimit = 64, IdleTimes = page };
            Verdict.ExpectError(Ask(PlatformCommand.GetIdleTime), Errno.Fault, "a bitmap where nothing is"u8);
        }
    }
}
