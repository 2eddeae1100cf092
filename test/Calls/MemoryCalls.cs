using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>memory_op with records that can be read, and xen_version's answers.</summary>
internal static class MemoryCalls
{
    internal static void Run()
    {
        Reservations();
        Told();
        Maps();
        Resources();
        Chunks();
        Versions();
    }

    private static void Reservations()
    {
        ulong list = Frames.Take();
        foreach (uint command in (ReadOnlySpan<uint>)[0, 1, 6])
        {
            foreach (ushort domain in (ReadOnlySpan<ushort>)[0x7ff0, 0, 1, 0x7ff1, 0x7ff2, 0x7ff4, 0xffff])
                Reserve(command, list, 0, 0, domain);
            foreach (uint order in (ReadOnlySpan<uint>)[1, 9, 18, 19, 20, 63, 64, uint.MaxValue])
                Reserve(command, list, 0, order, 0x7ff0);
            foreach (ulong count in (ReadOnlySpan<ulong>)[0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, ulong.MaxValue])
                Reserve(command, list, count, 0, 0x7ff0);
            for (int edge = 0; edge < Edge.UnmappedIndex + 2; edge++)
            {
                Line.Begin("reservation list"u8);
                Line.Number(command);
                Line.Word(Edge.Name(edge));
                Line.End(Hypercalls.Call(Hypercall.MemoryOp, command, Fill(Edge.Address(edge), 1, 0, 0x7ff0)));
            }
        }
        // Frames that are not the caller's to give.
        foreach (ulong frame in (ReadOnlySpan<ulong>)[0, 0xb8, 0x10_0000_0000, ulong.MaxValue])
        {
            Frames.Words(list)[0] = frame;
            Line.Begin("decrease_reservation of frame"u8);
            Line.Number(frame);
            Line.End(Hypercalls.Call(Hypercall.MemoryOp, 1, Fill(list, 1, 0, 0x7ff0)));
        }
    }

    private static ulong Fill(ulong list, ulong count, uint order, ushort domain)
    {
        Record.Clear();
        Record.Set64(0, list);
        Record.Set64(8, count);
        Record.Set32(16, order);
        Record.Set16(24, domain);
        return Record.Address;
    }

    private static void Reserve(uint command, ulong list, ulong count, uint order, ushort domain)
    {
        if (count != 0 && count <= uint.MaxValue)
            list = Edge.Unmapped;
        Line.Begin("reservation"u8);
        Line.Number(command);
        Line.Number(count);
        Line.Number(order);
        Line.Number(domain);
        Line.End(Hypercalls.Call(Hypercall.MemoryOp, command, Fill(list, count, order, domain)));
    }

    private static void Told()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[3, 4, 14])
        {
            foreach (ushort domain in (ReadOnlySpan<ushort>)[0x7ff0, 0, 1, 0x7ff1, 0x7ff2, 0x7ff4, 0xffff])
            {
                Record.Clear();
                Record.Set16(0, domain);
                Line.Begin("memory_op domain"u8);
                Line.Number(command);
                Line.Number(domain);
                Line.EndRough(Hypercalls.Call(Hypercall.MemoryOp, command, Record.Address));
            }
        }
        Record.Clear();
        Hypercalls.Call(Hypercall.MemoryOp, 12, Record.Address);
        Line.Begin("machphys_mapping start"u8);
        Line.EndBits(Record.Get64(0));
        Line.Begin("machphys_mapping end"u8);
        Line.EndBits(Record.Get64(8));
    }

    private static void Maps()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[9, 10])
        {
            foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 128, uint.MaxValue])
            {
                foreach (ulong buffer in (ReadOnlySpan<ulong>)[0, 0xffff_8300_0000_0000])
                {
                    Record.Clear();
                    Record.Set32(0, count);
                    Record.Set64(8, buffer);
                    Line.Begin("memory map"u8);
                    Line.Number(command);
                    Line.Number(count);
                    Line.Number(buffer);
                    Line.End(Hypercalls.Call(Hypercall.MemoryOp, command, Record.Address));
                }
            }
        }
    }

    // A domain's own, one's that there is not, and shapes that are refused before anybody asks whose.
    private static void Resources()
    {
        foreach (ushort domain in (ReadOnlySpan<ushort>)[0x7ff0, 0, 1, 0x7ff1, 0x7ff2, 0x7ff4, 0xffff])
        {
            foreach (ulong first in (ReadOnlySpan<ulong>)[0, 1, uint.MaxValue, ulong.MaxValue])
            {
                foreach (uint reserved in (ReadOnlySpan<uint>)[0, 1])
                {
                    Record.Clear();
                    Record.Set16(0, domain);
                    Record.Set16(2, 1);
                    Record.Set32(8, 1);
                    Record.Set32(12, reserved);
                    Record.Set64(16, first);
                    Line.Begin("acquire_resource"u8);
                    Line.Number(domain);
                    Line.Number(first);
                    Line.Number(reserved);
                    Line.End(Hypercalls.Call(Hypercall.MemoryOp, 28, Record.Address));
                }
            }
        }
    }

    // The frames of the machine-to-physical table, 2 MiB each.
    private static void Chunks()
    {
        foreach (uint most in (ReadOnlySpan<uint>)[0, 1, 512, uint.MaxValue])
        {
            foreach (bool readable in (ReadOnlySpan<bool>)[true, false])
            {
                ulong list = readable ? Edge.Zeros : Edge.Unmapped;
                Edge.Refill();
                Record.Clear();
                Record.Set32(0, most);
                Record.Set64(8, list);
                Line.Begin("machphys_mfn_list"u8);
                Line.Number(most);
                Line.Word(readable ? "list"u8 : "unmapped"u8);
                Line.End(Hypercalls.Call(Hypercall.MemoryOp, 5, Record.Address));
                Line.Begin("machphys_mfn_list told"u8);
                Line.Number(most);
                Line.Word(readable ? "list"u8 : "unmapped"u8);
                Line.End(Record.Get32(16) == 0 ? 0 : 1);
            }
        }
    }

    private static void Versions()
    {
        foreach (uint index in (ReadOnlySpan<uint>)[0, 1, 2, 31, 32, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(0, index);
            Line.Begin("get_features"u8);
            Line.Number(index);
            Line.End(Hypercalls.Call(Hypercall.XenVersion, 6, Record.Address));
            Line.Begin("get_features bits"u8);
            Line.Number(index);
            Line.EndBits(Record.Get32(4));
        }
        Record.Clear();
        Hypercalls.Call(Hypercall.XenVersion, 5, Record.Address);
        Line.Begin("platform_parameters"u8);
        Line.EndBits(Record.Get64(0));
        Line.Begin("version"u8);
        Line.EndBits((ulong)Hypercalls.Call(Hypercall.XenVersion, 0));
        Line.Begin("page size"u8);
        Line.EndBits((ulong)Hypercalls.Call(Hypercall.XenVersion, 7));
    }
}
