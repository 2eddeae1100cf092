using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>set_gdt, update_descriptor and the LDT, for frames of every owner and descriptors of every kind.</summary>
internal static class DescriptorCalls
{
    private static ulong table;

    internal static void Run()
    {
        table = Frames.Take();
        Descriptors();
        LocalTables();
    }

    private static void Descriptors()
    {
        foreach (ulong low in (ReadOnlySpan<ulong>)[1, 2, 4, 7])
            TableCalls.Told("update_descriptor misaligned by"u8, low, Hypercalls.Call(Hypercall.UpdateDescriptor, (Frames.Of(table) << 12) + low, 0));
        for (int index = 0; index < TableCalls.SharedInfoIndex; index++)
            TableCalls.Named(
                "update_descriptor in"u8, index, Hypercalls.Call(Hypercall.UpdateDescriptor, TableCalls.Frame(index) << 12, 0));
        foreach (ulong kind in (ReadOnlySpan<ulong>)
            [0, 1, 2, 3, 4, 5, 8, 9, 11, 12, 14, 15, 16, 17, 18, 20, 22, 24, 26, 27, 28, 30, 31])
        {
            foreach (ulong more in (ReadOnlySpan<ulong>)[0, 0x60, 0x80, 0xe0, 0x20_0000 | 0xe0, 0x60_0000 | 0xe0, 0x80_0000 | 0xe0])
            {
                ulong descriptor = 0xffff | (kind << 40) | (more << 40);
                TableCalls.Told(
                    "update_descriptor to"u8, descriptor, Hypercalls.Call(Hypercall.UpdateDescriptor, Frames.Of(table) << 12, descriptor));
            }
        }
        Frames.Words(table).Clear();
        for (int index = 0; index < TableCalls.FrameCount; index++)
            TableCalls.Named("set_gdt to"u8, index, SetGdt(TableCalls.Frame(index), 1));
        Frames.Protect(table);
        foreach (uint entries in (ReadOnlySpan<uint>)[0, 1, 511, 512])
            TableCalls.Told("set_gdt of entries"u8, entries, SetGdt(Frames.Of(table), entries));
        const ulong code = 0x00cf_fa00_0000_ffff;
        TableCalls.Told(
            "update_descriptor in the table in use"u8, 0, Hypercalls.Call(Hypercall.UpdateDescriptor, Frames.Of(table) << 12, code));
        TableCalls.Told("map the table in use writable"u8, 0, Frames.Unprotect(table));
        TableCalls.Told("set_gdt to nothing"u8, 0, SetGdt(0, 0));
        Frames.Unprotect(table);
    }

    private static long SetGdt(ulong frame, uint entries)
    {
        Record.Clear();
        Record.Set64(0, frame);
        return Hypercalls.Call(Hypercall.SetGdt, Record.Address, entries);
    }

    private static void LocalTables()
    {
        foreach (ulong entries in (ReadOnlySpan<ulong>)[0, 1, 8192, 8193, uint.MaxValue, 0x1_0000_0000, ulong.MaxValue])
        {
            for (int edge = 0; edge < Edge.Count; edge++)
            {
                Line.Begin("set_ldt"u8);
                Line.Word(Edge.Name(edge));
                Line.Number(entries);
                Line.End(Mmu.Extended(MmuExtendedCommand.SetLdt, Edge.Address(edge), entries));
            }
        }
        Mmu.Extended(MmuExtendedCommand.SetLdt, 0, 0);
    }
}
