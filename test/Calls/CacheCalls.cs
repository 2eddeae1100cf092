using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>
/// Cache attributes: the register that names them, entries that choose them for RAM and for devices' frames, and what is told by entries afterwards.
/// Grants of devices' frames, and the machine's map.
/// </summary>
internal static class CacheCalls
{
    private const uint AttributeRegister = 0x277;
    private const ulong CacheMask = 0x98;

    internal static void Run()
    {
        Register();
        Mappings();
        GrantsOfDevices();
        MachineMaps();
    }

    private static void Register()
    {
        Line.Begin("read the attribute register"u8);
        bool isRead = Probe.Try(ProbeCode.ReadMsr, AttributeRegister, 0, out ulong attributes);
        Line.End(isRead ? 0 : -1);
        Line.Begin("the attribute register"u8);
        Line.EndBits(attributes);
        foreach (ulong value in (ReadOnlySpan<ulong>)[0x0501_0007_0406, 0, 0x0007_0406_0007_0406, 0x0501_0007_0407, ulong.MaxValue])
        {
            Line.Begin("write the attribute register"u8);
            Line.Number(value);
            Line.End(Probe.Try(ProbeCode.WriteMsr, AttributeRegister, value) ? 0 : -1);
        }
        Line.Begin("the attribute register afterwards"u8);
        Probe.Try(ProbeCode.ReadMsr, AttributeRegister, 0, out attributes);
        Line.EndBits(attributes);
    }

    private static ulong Attribute(uint index) => ((index & 3) << 3) | ((index & 4) << 5);

    // Own RAM that is mapped nowhere else, the text screen, its neighbour in the low megabyte that is RAM, and a frame that is nothing.
    private static void Mappings()
    {
        ulong page = Frames.Take(), own = Frames.Of(page);
        foreach (ulong frame in (ReadOnlySpan<ulong>)[own, 0xb8, 1, 0xd_0000])
        {
            for (uint index = 0; index < 8; index++)
            {
                Line.Begin("map with attribute"u8);
                Line.Number(frame == own ? 0xffff : frame);
                Line.Number(index);
                long answer = Mmu.Map(page, Entries.Make(frame, Entries.ReadWrite) | Attribute(index));
                Line.End(answer);
                Line.Begin("mapped with attribute"u8);
                Line.Number(frame == own ? 0xffff : frame);
                Line.Number(index);
                Line.EndBits(Entries.Read(page, 1) & CacheMask);
            }
        }
        Mmu.Map(page, Entries.Make(own, Entries.ReadWrite));
        // A frame that is mapped uncached, as a table.
        ulong window = Frames.Take();
        Mmu.Map(page, Entries.Make(own, Entries.ReadOnly) | Attribute(3));
        Line.Begin("pin a table that is mapped uncached"u8);
        Line.EndRough(Mmu.Pin(own, 1));
        Mmu.Unpin(own);
        Mmu.Map(page, Entries.Make(own, Entries.ReadOnly));
        Mmu.Map(window, Entries.Make(Frames.Of(window), Entries.ReadWrite));
        Mmu.Map(page, Entries.Make(own, Entries.ReadWrite));
    }

    private static void GrantsOfDevices()
    {
        ulong window = Frames.Take();
        foreach (ulong frame in (ReadOnlySpan<ulong>)[0, 1, 0xb8, 0xd_0000, 0xfee00, 0xffff_ffff])
        {
            foreach (uint flags in (ReadOnlySpan<uint>)[2, 6, 1, 5])
            {
                uint reference = GuestKit.Grants.Offer(GrantRecords.OwnDomain(), Edge.Zeros);
                GrantRecords.Entry(reference).Frame = (uint)frame;
                GrantMap map = default;
                map.HostAddress = window;
                map.Flags = (GrantMapFlags)flags;
                map.Reference = reference;
                map.Domain = GrantRecords.OwnDomain();
                Line.Begin("map a grant of frame"u8);
                Line.Number(frame);
                Line.Number(flags);
                Line.End((short)GrantRecords.Map(ref map));
                GuestKit.Grants.TryWithdraw(reference);
            }
        }
    }

    private static void MachineMaps()
    {
        foreach (uint room in (ReadOnlySpan<uint>)[0, 1, 2, 100, 200])
        {
            for (int edge = 0; edge < Edge.UnmappedIndex + 2; edge++)
            {
                Edge.Refill();
                Record.Clear();
                Record.Set32(0, room);
                Record.Set64(8, Edge.Address(edge));
                Line.Begin("machine map"u8);
                Line.Number(room);
                Line.Word(Edge.Name(edge));
                Line.End(Hypercalls.Call(Hypercall.MemoryOp, 10, Record.Address));
            }
        }
        ulong page = Frames.Take();
        Record.Clear();
        Record.Set32(0, 100);
        Record.Set64(8, page);
        Line.Begin("the machine's map"u8);
        Line.End(Hypercalls.Call(Hypercall.MemoryOp, 10, Record.Address));
        for (uint index = 0; index < Record.Get32(0) && index < 32; index++)
            TellEntry(page + (index * 20), index);
        Edge.Refill();
    }

    private static unsafe void TellEntry(ulong place, uint index)
    {
        for (uint word = 0; word < 3; word++)
        {
            Line.Begin("the machine's map"u8);
            Line.Number(index);
            Line.Number(word);
            Line.EndBits(word == 2 ? *(uint*)(place + 16) : *(ulong*)(place + (word * 8)));
        }
    }
}
