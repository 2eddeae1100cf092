using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>physdev_op and platform_op with records that can be read.</summary>
internal static class DeviceCalls
{
    private static ReadOnlySpan<uint> Lines => [0, 1, 2, 4, 9, 15, 16, 23, 0x7fff_ffff, uint.MaxValue];

    internal static void Run()
    {
        Levels();
        Apics();
        foreach (uint line in Lines)
            OnLine(line);
        Maps();
        Platform();
    }

    private static void Told(ReadOnlySpan<byte> name, uint command, ulong argument)
    {
        long answer = Hypercalls.Call(Hypercall.PhysdevOp, command, Record.Address);
        Line.Begin("physdev_op"u8);
        Line.Word(name);
        Line.Number(argument);
        Line.End(answer);
    }

    private static void Levels()
    {
        foreach (uint level in (ReadOnlySpan<uint>)[1, 2, 3, 4, uint.MaxValue, 0])
        {
            Record.Clear();
            Record.Set32(0, level);
            Told("set_iopl"u8, 6, level);
        }
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            foreach (uint ports in (ReadOnlySpan<uint>)[0, 1, 65536, 65537, uint.MaxValue])
            {
                Record.Clear();
                Record.Set64(0, Edge.Address(edge));
                Record.Set32(8, ports);
                long answer = Hypercalls.Call(Hypercall.PhysdevOp, 7, Record.Address);
                Line.Begin("physdev_op set_iobitmap"u8);
                Line.Word(Edge.Name(edge));
                Line.Number(ports);
                Line.End(answer);
            }
        }
        Record.Clear();
        Hypercalls.Call(Hypercall.PhysdevOp, 7, Record.Address);
    }

    private static void Apics()
    {
        foreach (ulong place in (ReadOnlySpan<ulong>)[0xfec0_0000, 0, 0xfec0_0004, 0xfee0_0000, ulong.MaxValue])
        {
            foreach (uint register in (ReadOnlySpan<uint>)[0, 1, 2, 3, 0x10, 0x3f, 0x40, 0x41, 0xff, uint.MaxValue])
            {
                Record.Clear();
                Record.Set64(0, place);
                Record.Set32(8, register);
                Told("apic_read"u8, 8, place << 32 | register);
            }
        }
    }

    private static void OnLine(uint line)
    {
        Record.Clear();
        Record.Set32(0, line);
        Told("eoi"u8, 12, line);
        Record.Clear();
        Record.Set32(0, line);
        Told("irq_status_query"u8, 5, line);
        Line.Begin("physdev_op irq_status"u8);
        Line.Number(line);
        Line.EndBits(Record.Get32(4));
        Record.Clear();
        Record.Set32(0, line);
        Told("alloc_irq_vector"u8, 10, line);
        foreach (ushort domain in (ReadOnlySpan<ushort>)[0x7ff0, 1, 0x7ff1])
        {
            Record.Clear();
            Record.Set16(0, domain);
            Record.Set32(4, line);
            Told("unmap_pirq"u8, 14, (ulong)domain << 32 | line);
        }
    }

    private static void Maps()
    {
        foreach (ushort domain in (ReadOnlySpan<ushort>)[0x7ff0, 0, 1, 0x7ff1])
        {
            foreach (uint line in Lines)
            {
                // Left out: a line by setup_gsi, whose answer is the line's history.
                Record.Clear();
                Record.Set16(0, domain);
                Record.Set32(4, 1);
                Record.Set32(8, line);
                Record.Set32(12, line);
                Told("map_pirq"u8, 13, (ulong)domain << 32 | line);
                Hypercalls.Call(Hypercall.PhysdevOp, 14, Unmap(domain, line));
            }
            foreach (uint type in (ReadOnlySpan<uint>)[2, 5, 6, uint.MaxValue])
            {
                Record.Clear();
                Record.Set16(0, domain);
                Record.Set32(4, type);
                Told("map_pirq type"u8, 13, (ulong)domain << 32 | type);
            }
        }
    }

    private static ulong Unmap(ushort domain, uint number)
    {
        Record.Clear();
        Record.Set16(0, domain);
        Record.Set32(4, number);
        return Record.Address;
    }

    // Versions of the interface, and sub-operations that there are not. Left out: what sleeps, powers off or takes processors away.
    private static void Platform()
    {
        foreach (uint version in (ReadOnlySpan<uint>)[0, 0x0300_0000, 0x0300_0001, uint.MaxValue])
        {
            foreach (uint command in (ReadOnlySpan<uint>)[0, 1, 17, 62, 64, 100, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(0, command);
                Record.Set32(4, version);
                long answer = Hypercalls.Call(Hypercall.PlatformOp, Record.Address);
                Line.Begin("platform_op"u8);
                Line.Number(version);
                Line.Number(command);
                Line.End(answer);
            }
        }
    }
}
