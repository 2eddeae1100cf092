using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>
/// What the domain that runs the machine asks of it: firmware, processors, their idle times and states, machine checks, counters, watchdogs.
/// Left out: what sleeps, powers off, takes processors away or injects machine checks.
/// </summary>
internal static class MachineCalls
{
    private const int Payload = 8;

    private static ReadOnlySpan<uint> Numbers => [0, 1, 2, 63, 64, 4095, 4096, 0x7fff_ffff, uint.MaxValue];

    internal static void Run()
    {
        Processors();
        IdleTimes();
        Sleep();
        PowerInfo();
        Firmware();
        Absent();
        Edges();
        MachineChecks();
        Counters();
        Watchdogs();
    }

    private static long Platform(PlatformCommand command)
    {
        Record.Set32(0, (uint)command);
        Record.Set32(4, PlatformInterface.Version);
        return Hypercalls.Call(Hypercall.PlatformOp, Record.Address);
    }

    private static void Told(ReadOnlySpan<byte> name, PlatformCommand command, ulong argument, ulong second = 0)
    {
        long answer = Platform(command);
        Line.Begin("platform_op"u8);
        Line.Word(name);
        Line.Number(argument);
        Line.Number(second);
        Line.EndRough(answer);
    }

    private static void Processors()
    {
        foreach (uint number in Numbers)
        {
            Record.Clear();
            Record.Set32(Payload, number);
            Told("get_cpuinfo"u8, PlatformCommand.GetCpuInfo, number);
            for (int field = Payload + 4; field <= Payload + 16; field += 4)
            {
                Line.Begin("get_cpuinfo field"u8);
                Line.Number(number);
                Line.Number((ulong)field);
                Line.EndBits(Record.Get32(field));
            }
            Record.Clear();
            Record.Set32(Payload, number);
            Told("get_cpu_version"u8, PlatformCommand.GetCpuVersion, number);
            Record.Clear();
            Record.Set32(Payload, number);
            Told("cpu_online"u8, PlatformCommand.CpuOnline, number);
            Record.Clear();
            Record.Set32(Payload, number);
            Told("cpu_offline"u8, PlatformCommand.CpuOffline, number);
        }
    }

    private static void IdleTimes()
    {
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 8, 64, 65])
            {
                Edge.Refill();
                Record.Clear();
                Record.Set64(Payload, Edge.Address(edge));
                Record.Set32(Payload + 8, count);
                Record.Set64(Payload + 16, Edge.Zeros);
                long answer = Platform(PlatformCommand.GetIdleTime);
                Line.Begin("platform_op getidletime"u8);
                Line.Word(Edge.Name(edge));
                Line.Number(count);
                Line.End(answer);
            }
        }
    }

    private static void Sleep()
    {
        foreach (uint flags in (ReadOnlySpan<uint>)[0, 1, 2, uint.MaxValue])
        {
            foreach (uint state in (ReadOnlySpan<uint>)[0, 6, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(Payload + 4, state);
                Record.Set32(Payload + 8, flags);
                Told("enter_acpi_sleep"u8, PlatformCommand.EnterAcpiSleep, state, flags);
            }
        }
    }

    private static void PowerInfo()
    {
        foreach (uint id in (ReadOnlySpan<uint>)[0, 1, 255, 256, uint.MaxValue])
        {
            foreach (uint type in (ReadOnlySpan<uint>)[0, 1, 2, 4, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(Payload, id);
                Record.Set32(Payload + 4, type);
                Told("set_processor_pminfo"u8, PlatformCommand.SetProcessorPowerInfo, id, type);
            }
        }
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            Edge.Refill();
            Capabilities("pdc edge"u8, Edge.Address(edge), (ulong)edge);
        }
        foreach (ulong head in (ReadOnlySpan<ulong>)[0, 1, 1ul << 32, 1 | 1ul << 32, 2 | 1ul << 32, 1 | 2ul << 32, ulong.MaxValue])
        {
            Edge.Refill();
            Frames.Words(Edge.Ones)[0] = head;
            Capabilities("pdc head"u8, Edge.Ones, head);
            Line.Begin("pdc bits"u8);
            Line.Number(head);
            Line.EndBits(Frames.Words(Edge.Ones)[1] & uint.MaxValue);
        }
        Edge.Refill();
    }

    private static void Capabilities(ReadOnlySpan<byte> name, ulong address, ulong shown)
    {
        Record.Clear();
        Record.Set32(Payload + 4, 3);
        Record.Set64(Payload + 8, address);
        Told(name, PlatformCommand.SetProcessorPowerInfo, shown);
    }

    private static void Firmware()
    {
        foreach (uint type in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 5, 6, uint.MaxValue])
        {
            foreach (uint index in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 5, 6, 7, 128, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(Payload, type);
                Record.Set32(Payload + 4, index);
                Told("firmware_info"u8, PlatformCommand.FirmwareInfo, type, index);
            }
        }
        foreach (uint function in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(Payload, function);
            Told("efi_runtime_call"u8, PlatformCommand.EfiRuntimeCall, function);
        }
    }

    private static void Absent()
    {
        foreach (uint number in Numbers)
        {
            Record.Clear();
            Record.Set32(Payload, number);
            Told("change_freq"u8, PlatformCommand.ChangeFrequency, number);
            Record.Clear();
            Record.Set64(Payload, number);
            Told("mem_hotadd"u8, PlatformCommand.MemoryHotAdd, number);
            Record.Clear();
            Record.Set32(Payload, number);
            Told("core_parking"u8, PlatformCommand.CoreParking, number);
            Record.Clear();
            Record.Set32(Payload, number);
            Record.Set64(Payload + 8, 8);
            Told("resource_op"u8, PlatformCommand.ResourceOp, number);
            Record.Clear();
            Record.Set32(Payload + 8, number);
            Told("microcode_update"u8, PlatformCommand.MicrocodeUpdate, number);
        }
        // One with the APIC of the first processor, by any small number of the firmware's.
        foreach (uint number in (ReadOnlySpan<uint>)[0, 1, 64])
        {
            Record.Clear();
            Record.Set32(Payload + 4, number);
            Told("cpu_hotadd"u8, PlatformCommand.CpuHotAdd, number);
        }
        foreach (uint number in (ReadOnlySpan<uint>)[0, 0x7fff_ffff, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(Payload + 4, number);
            Told("get_symbol"u8, PlatformCommand.GetSymbol, number);
        }
    }

    private static void Edges()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[35, 48, 49, 50, 52, 54, 55, 56, 60, 61, 63, 64])
        {
            Frames.Unprotect(Edge.ReadOnly);
            Frames.Words(Edge.ReadOnly).Clear();
            Frames.Words(Edge.ReadOnly)[0] = command | (ulong)PlatformInterface.Version << 32;
            Frames.Protect(Edge.ReadOnly);
            Line.Begin("platform_op read-only"u8);
            Line.Number(command);
            Line.End(Hypercalls.Call(Hypercall.PlatformOp, Edge.ReadOnly));
        }
        Frames.Unprotect(Edge.ReadOnly);
        Frames.Words(Edge.ReadOnly).Clear();
        Frames.Protect(Edge.ReadOnly);
    }

    private static void MachineChecks()
    {
        const uint version = 0x01ec_c003;
        foreach (uint other in (ReadOnlySpan<uint>)[0, version - 1, version + 1, uint.MaxValue])
            Check("version"u8, 3, other, 0, 0, other);
        foreach (uint command in (ReadOnlySpan<uint>)[0, 2, 7, uint.MaxValue])
            Check("command"u8, command, version, 0, 0, command);
        for (uint flags = 0; flags < 9; flags++)
        {
            foreach (int edge in (ReadOnlySpan<int>)[0, 5, 11])
            {
                Check("fetch"u8, 1, version, flags, Edge.Address(edge), flags << 8 | (uint)edge);
                Line.Begin("mca fetch flags"u8);
                Line.Number(flags << 8 | (uint)edge);
                Line.EndBits(Record.Get32(8));
            }
        }
        foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 2, 0x7fff_ffff, 0x8000_0000, uint.MaxValue])
        {
            foreach (int edge in (ReadOnlySpan<int>)[0, 5, 8, 10, 11])
            {
                Check("physcpuinfo"u8, 3, version, count, Edge.Address(edge), (ulong)count << 8 | (uint)edge);
                Line.Begin("mca physcpuinfo count"u8);
                Line.Number((ulong)count << 8 | (uint)edge);
                Line.EndBits(Record.Get32(8));
            }
        }
        Edge.Refill();
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            Line.Begin("mca edge"u8);
            Line.Word(Edge.Name(edge));
            Line.End(Hypercalls.Call(Hypercall.MachineCheck, Edge.Address(edge)));
        }
    }

    private static void Check(ReadOnlySpan<byte> name, uint command, uint version, uint first, ulong address, ulong shown)
    {
        Record.Clear();
        Record.Set32(0, command);
        Record.Set32(4, version);
        Record.Set32(8, first);
        Record.Set64(command == 1 ? 24 : 16, address);
        long answer = Hypercalls.Call(Hypercall.MachineCheck, Record.Address);
        Line.Begin("mca"u8);
        Line.Word(name);
        Line.Number(shown);
        Line.End(answer);
    }

    private static void Counters()
    {
        for (uint command = 0; command < 9; command++)
        {
            foreach (int edge in (ReadOnlySpan<int>)[0, 5, 11, 12])
            {
                Line.Begin("xenpmu_op"u8);
                Line.Number(command);
                Line.Word(Edge.Name(edge));
                Line.End(Hypercalls.Call(Hypercall.XenPmuOp, command, Edge.Address(edge)));
            }
        }
    }

    // None runs when this ends.
    private static void Watchdogs()
    {
        ReadOnlySpan<uint> ids = [1, 1, 3, 0, 0, 0, 1, 2, 3, 3, uint.MaxValue, 1, 1, 1, 2, 2];
        ReadOnlySpan<uint> times = [0, 1000, 0, 1000, 2000, 3000, 5000, uint.MaxValue, 1, 0, 0, 0, 0, 5000, 0, 0];
        for (int index = 0; index < ids.Length; index++)
        {
            (uint id, uint seconds) = (ids[index], times[index]);
            Record.Clear();
            Record.Set32(0, id);
            Record.Set32(4, seconds);
            Line.Begin("sched_op watchdog"u8);
            Line.Number(id);
            Line.Number(seconds);
            Line.End(Hypercalls.Call(Hypercall.SchedOp, (uint)SchedCommand.Watchdog, Record.Address));
        }
    }
}
