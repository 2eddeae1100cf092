using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>Calls on page tables, for frames of every owner and entries of every form.</summary>
internal static class TableCalls
{
    private static ReadOnlySpan<ulong> Domains => [0x7ff0, 0, 1, 2, 0x7fef, 0x7ff1, 0x7ff2, 0x7ff3, 0x7ff4, 0x7fff, 0x8000, 0xffff];

    // A frame that may be mapped anywhere, its entry, and one whose page is a table now and then.
    private static ulong page, place, table, directory;

    internal static void Run()
    {
        page = Frames.Take();
        place = Entries.MachineAddress(page, 1);
        table = Frames.Take();
        directory = Frames.Take();
        Updates();
        UpdateDomains();
        VirtualUpdates();
        Extended();
        Pins();
    }

    internal const int SharedInfoIndex = 6, FrameCount = 7;

    internal static ulong Frame(int index) => index switch
    {
        0 => Frames.Of(page),
        1 => 0,
        2 => 0xb8,
        3 => 0x3ffff,
        4 => 0xfee00,
        5 => 0x10_0000_0000,
        _ => Guest.StartInfo.SharedInfo >> 12,
    };

    internal static ReadOnlySpan<byte> FrameName(int index) => index switch
    {
        0 => "own"u8,
        1 => "frame-0"u8,
        2 => "text-screen"u8,
        3 => "last-of-ram"u8,
        4 => "interrupt-controller"u8,
        5 => "beyond"u8,
        _ => "shared-info"u8,
    };

    private static void Updates()
    {
        ulong own = Entries.Make(Frames.Of(page), Entries.ReadWrite);
        for (ulong low = 0; low < 8; low++)
        {
            ulong value = low == 1 ? (page - 0xffff_ffff_8000_0000) >> 12 : own;
            Told("mmu_update command"u8, low, Mmu.Update((low == 1 ? Frames.Of(page) << 12 : place) | low, value));
        }
        for (int index = 0; index < FrameCount; index++)
        {
            Named("mmu_update entry for"u8, index, Mmu.Update(place, Entries.Make(Frame(index), Entries.ReadWrite)));
            Mmu.Update(place, own);
            Named("mmu_update read-only entry for"u8, index, Mmu.Update(place, Entries.Make(Frame(index), Entries.ReadOnly)));
            Mmu.Update(place, own);
            // Left out: the guest's own page is in use, and a zero in the shared page would let events in.
            if (index is not 0 and not SharedInfoIndex)
                Named("mmu_update of a table in"u8, index, Mmu.Update(Frame(index) << 12, 0));
            Named("mmu_update machphys of"u8, index, Mmu.Update((Frame(index) << 12) | 1, (page - 0xffff_ffff_8000_0000) >> 12));
        }
        // Left out: bits of frame numbers that the machine may have, whose owner is a matter of where the domain lies.
        for (int bit = 0; bit < 64; bit++)
        {
            if (bit is >= 12 and < 40)
                continue;
            Told("mmu_update entry with bit"u8, (ulong)bit, Mmu.Update(place, own ^ 1ul << bit));
            Mmu.Update(place, own);
        }
        Done("mmu_update done at"u8, Hypercall.MmuUpdate, place, own);
        for (int level = 2; level <= 4; level++)
        {
            ulong entry = Entries.Read(page, level), at = Entries.MachineAddress(page, level);
            Told("mmu_update same entry of level"u8, (ulong)level, Mmu.Update(at, entry));
            Told("mmu_update large page at level"u8, (ulong)level, Mmu.Update(at, entry | Entries.LargePage));
            Told("mmu_update no table at level"u8, (ulong)level, Mmu.Update(at, Entries.Make(Frames.Of(page), Entries.Table)));
        }
    }

    // How many were done is told where that can be written; where not, nobody is hurt.
    private static void Done(ReadOnlySpan<byte> name, Hypercall call, ulong first, ulong second)
    {
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            Edge.Refill();
            Record.Clear();
            Record.Set64(0, first);
            Record.Set64(8, second);
            long answer = Hypercalls.Call(call, Record.Address, 1, Edge.Address(edge), DomainIds.Self);
            Line.Begin(name);
            Line.Word(Edge.Name(edge));
            Line.End(answer);
        }
    }

    private static void UpdateDomains()
    {
        ulong own = Entries.Make(Frames.Of(page), Entries.ReadWrite);
        foreach (ulong tables in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 0x7ff1, 0x7ff2, 0x7ff3, 0x8000, 0xffff])
        {
            foreach (ulong mapped in Domains)
            {
                Record.Clear();
                Record.Set64(0, place);
                Record.Set64(8, own);
                Line.Begin("mmu_update domains"u8);
                Line.Number(tables);
                Line.Number(mapped);
                Line.End(Hypercalls.Call(Hypercall.MmuUpdate, Record.Address, 1, 0, tables << 16 | mapped));
                Mmu.Map(page, own);
            }
        }
        foreach (ulong domain in Domains)
        {
            foreach (uint command in (ReadOnlySpan<uint>)[0, 4, 6, 12, 13, 16, 19, 21])
            {
                Record.Clear();
                Record.Set32(0, command);
                Line.Begin("mmuext_op domain"u8);
                Line.Number(domain);
                Line.Number(command);
                Line.End(Hypercalls.Call(Hypercall.MmuExtendedOp, Record.Address, 1, 0, domain));
            }
            Line.Begin("update_va_mapping_otherdomain"u8);
            Line.Number(domain);
            Line.End(Hypercalls.Call(Hypercall.UpdateVaMappingOtherDomain, page, own, 0, domain));
            Mmu.Map(page, own);
        }
    }

    private static void VirtualUpdates()
    {
        ulong own = Entries.Make(Frames.Of(page), Entries.ReadWrite);
        for (int edge = 0; edge < Edge.UnmappedIndex; edge++)
        {
            Line.Begin("update_va_mapping address"u8);
            Line.Word(Edge.Name(edge));
            Line.End(Hypercalls.Call(Hypercall.UpdateVaMapping, Edge.Address(edge), own, 0));
        }
        for (int index = 0; index < FrameCount; index++)
        {
            Named("update_va_mapping to"u8, index, Hypercalls.Call(Hypercall.UpdateVaMapping, page, Entries.Make(Frame(index), Entries.ReadOnly), 2));
            Hypercalls.Call(Hypercall.UpdateVaMapping, page, own, 2);
        }
        foreach (ulong flags in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 0xffff_8000_0000_0000, ulong.MaxValue])
            Told("update_va_mapping flags"u8, flags, Hypercalls.Call(Hypercall.UpdateVaMapping, page, own, flags));
        foreach (ulong kind in (ReadOnlySpan<ulong>)[0, 1, 2, 3])
        {
            Line.Begin("update_va_mapping mask at unmapped, kind"u8);
            Line.Number(kind);
            Line.End(Hypercalls.Call(Hypercall.UpdateVaMapping, page, own, Edge.Unmapped | kind));
            Edge.Refill();
            Line.Begin("update_va_mapping mask of ones, kind"u8);
            Line.Number(kind);
            Line.End(Hypercalls.Call(Hypercall.UpdateVaMapping, page, own, Edge.Ones | kind));
        }
        Told("update_va_mapping in the middle of a page"u8, 0x123, Hypercalls.Call(Hypercall.UpdateVaMapping, page + 0x123, own, 2));
    }

    private static void Extended()
    {
        for (uint command = 0; command < 23; command++)
        {
            for (int index = 0; index < FrameCount; index++)
            {
                // Left out: clearing the shared page or copying over it would let events in.
                if (command is 16 or 17 && index == SharedInfoIndex)
                    continue;
                Line.Begin("mmuext_op"u8);
                Line.Number(command);
                Line.Word(FrameName(index));
                Line.End(Mmu.Extended((MmuExtendedCommand)command, Frame(index), 0));
            }
            Mmu.Map(page, Entries.Make(Frames.Of(page), Entries.ReadWrite));
        }
        foreach (uint command in (ReadOnlySpan<uint>)[14, 64, 0x7fff_ffff, 0x8000_0000, uint.MaxValue])
            Told("mmuext_op command"u8, command, Mmu.Extended((MmuExtendedCommand)command));
        foreach (uint command in (ReadOnlySpan<uint>)[8, 9])
        {
            for (int edge = 0; edge < Edge.Count; edge++)
            {
                Edge.Refill();
                Line.Begin("mmuext_op mask"u8);
                Line.Number(command);
                Line.Word(Edge.Name(edge));
                Line.End(Mmu.Extended((MmuExtendedCommand)command, page, Edge.Address(edge)));
            }
        }
        foreach (uint command in (ReadOnlySpan<uint>)[7, 11])
        {
            for (int edge = 0; edge < Edge.Count; edge++)
            {
                Line.Begin("mmuext_op address"u8);
                Line.Number(command);
                Line.Word(Edge.Name(edge));
                Line.End(Mmu.Extended((MmuExtendedCommand)command, Edge.Address(edge)));
            }
        }
        for (int index = 0; index < FrameCount; index++)
        {
            Named("mmuext_op copy to own from"u8, index, Mmu.Extended(MmuExtendedCommand.CopyPage, Frames.Of(table), Frame(index)));
            if (index != SharedInfoIndex)
                Named("mmuext_op copy from own to"u8, index, Mmu.Extended(MmuExtendedCommand.CopyPage, Frame(index), Frames.Of(table)));
        }
        Done("mmuext_op done at"u8, Hypercall.MmuExtendedOp, (uint)MmuExtendedCommand.TlbFlushLocal, 0);
    }

    private static void Pins()
    {
        Frames.Words(table).Clear();
        Told("pin a writable page at level"u8, 1, Mmu.Pin(Frames.Of(table), 1));
        Mmu.Unpin(Frames.Of(table));
        Frames.Protect(table);
        for (int level = 1; level <= 4; level++)
        {
            Told("pin at level"u8, (ulong)level, Mmu.Pin(Frames.Of(table), level));
            Told("pin again at level"u8, (ulong)level, Mmu.Pin(Frames.Of(table), level));
            Told("map it writable"u8, (ulong)level, Frames.Unprotect(table));
            Told("unpin"u8, (ulong)level, Mmu.Unpin(Frames.Of(table)));
            Told("unpin again"u8, (ulong)level, Mmu.Unpin(Frames.Of(table)));
        }
        Frames.Unprotect(table);
        Linear();
    }

    // A table of level 2 that names itself, and one of level 4: linear page tables.
    private static void Linear()
    {
        foreach (int level in (ReadOnlySpan<int>)[2, 3, 4])
        {
            foreach (ulong flags in (ReadOnlySpan<ulong>)[Entries.Table, Entries.ReadOnly])
            {
                Frames.Words(directory).Clear();
                Frames.Words(directory)[0] = Entries.Make(Frames.Of(directory), flags);
                Frames.Protect(directory);
                Line.Begin("linear table of level"u8);
                Line.Number((ulong)level);
                Line.Number(flags & Entries.Writable);
                Line.End(Mmu.Pin(Frames.Of(directory), level));
                Mmu.Update(Frames.Of(directory), 0, 0);
                Mmu.Unpin(Frames.Of(directory));
                Frames.Unprotect(directory);
            }
        }
    }

    internal static void Told(ReadOnlySpan<byte> name, ulong number, long answer)
    {
        Line.Begin(name);
        Line.Number(number);
        Line.End(answer);
    }

    internal static void Named(ReadOnlySpan<byte> name, int index, long answer)
    {
        Line.Begin(name);
        Line.Word(FrameName(index));
        Line.End(answer);
    }
}
