using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>grant_table_op with records that can be read: the call's answer, and the status in the record.</summary>
internal static class GrantCalls
{
    private static ReadOnlySpan<ushort> Domains => [0x7ff0, 0, 1, 0x7ff1, 0x7ff2, 0x7ff4, 0xffff];

    internal static void Run()
    {
        Tables();
        Maps();
        Unmaps();
        Copies();
        Others();
    }

    private static void Told(ReadOnlySpan<byte> name, uint command, ulong first, ulong second, int statusOffset)
    {
        long answer = Hypercalls.Call(Hypercall.GrantTableOp, command, Record.Address, 1);
        Line.Begin("grant"u8);
        Line.Word(name);
        Line.Number(first);
        Line.Number(second);
        Line.End(answer);
        Line.Begin("grant status"u8);
        Line.Word(name);
        Line.Number(first);
        Line.Number(second);
        Line.End(Record.Get16(statusOffset));
    }

    private static void Tables()
    {
        foreach (ushort domain in Domains)
        {
            Record.Clear();
            Record.Set16(0, domain);
            Told("query_size"u8, 6, domain, 0, 12);
            Record.Clear();
            Record.Set16(0, domain);
            Told("get_version"u8, 10, domain, 0, 4);
            foreach (uint frames in (ReadOnlySpan<uint>)[0, 1, 2, 65, uint.MaxValue])
            {
                Edge.Refill();
                Record.Clear();
                Record.Set16(0, domain);
                Record.Set32(4, frames);
                Record.Set64(16, Edge.Zeros);
                Told("setup_table"u8, 2, domain, frames, 8);
                Record.Clear();
                Record.Set32(0, frames);
                Record.Set16(4, domain);
                Record.Set64(8, Edge.Zeros);
                Told("get_status_frames"u8, 9, domain, frames, 6);
            }
        }
        foreach (uint version in (ReadOnlySpan<uint>)[0, 1, 3, uint.MaxValue, 2, 1])
        {
            Record.Clear();
            Record.Set32(0, version);
            Told("set_version"u8, 8, version, 0, 0);
        }
    }

    private static void Maps()
    {
        foreach (ushort domain in Domains)
        {
            foreach (uint reference in (ReadOnlySpan<uint>)[0, 1, 511, 512, 32767, 32768, uint.MaxValue])
            {
                foreach (uint flags in (ReadOnlySpan<uint>)[0, 1, 2, 6, 8, 16, 0x22, 0x8000_0002])
                {
                    Record.Clear();
                    Record.Set64(0, Edge.Unmapped);
                    Record.Set32(8, flags);
                    Record.Set32(12, reference);
                    Record.Set16(16, domain);
                    Told("map"u8, 0, (ulong)domain << 32 | reference, flags, 18);
                }
            }
        }
    }

    private static void Unmaps()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[1, 7])
        {
            foreach (uint handle in (ReadOnlySpan<uint>)[0, 1, 255, 256, 0x3_ffff, 0x7fff_ffff, uint.MaxValue])
            {
                Record.Clear();
                Record.Set64(0, Edge.Unmapped);
                Record.Set64(8, Edge.Unmapped);
                Record.Set32(16, handle);
                Told(command == 1 ? "unmap"u8 : "unmap_and_replace"u8, command, handle, 0, 20);
            }
        }
    }

    private static void Copies()
    {
        foreach (ushort source in Domains)
        {
            foreach (ushort destination in Domains)
                Copy(source, destination, 0, 0, 16, 0);
        }
        foreach (ushort flags in (ReadOnlySpan<ushort>)[0, 1, 2, 3, 4, 0xffff])
            Copy(0x7ff0, 0x7ff0, 0, 0, 16, flags);
        foreach (ushort offset in (ReadOnlySpan<ushort>)[0, 4080, 4081, 4095, 4096, 0xffff])
        {
            Copy(0x7ff0, 0x7ff0, offset, 0, 16, 0);
            Copy(0x7ff0, 0x7ff0, 0, offset, 16, 0);
        }
        foreach (ushort length in (ReadOnlySpan<ushort>)[0, 1, 4096, 4097, 0xffff])
            Copy(0x7ff0, 0x7ff0, 0, 0, length, 0);
    }

    // From a page of this domain's to another, by their frames; flags say which of the two is a grant.
    private static void Copy(ushort source, ushort destination, ushort from, ushort to, ushort length, ushort flags)
    {
        bool sourceIsGrant = (flags & 1) != 0, destinationIsGrant = (flags & 2) != 0;
        Record.Clear();
        Record.Set64(0, sourceIsGrant ? 0 : Frames.Of(Edge.Ones));
        Record.Set16(8, source);
        Record.Set16(10, from);
        Record.Set64(16, destinationIsGrant ? 0 : Frames.Of(Edge.Zeros));
        Record.Set16(24, destination);
        Record.Set16(26, to);
        Record.Set16(32, length);
        Record.Set16(34, flags);
        Told("copy"u8, 5, (ulong)source << 16 | destination, (ulong)from << 48 | (ulong)to << 32 | (uint)length << 16 | flags, 36);
    }

    private static void Others()
    {
        foreach (uint first in (ReadOnlySpan<uint>)[0, 8, 9, 511, 512, 1023, 1024, uint.MaxValue])
        {
            foreach (uint second in (ReadOnlySpan<uint>)[8, 9, 511, 512, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(0, first);
                Record.Set32(4, second);
                Told("swap"u8, 11, first, second, 8);
            }
        }
        foreach (ulong frame in (ReadOnlySpan<ulong>)[0, 0xb8, 0x10_0000_0000, ulong.MaxValue])
        {
            Record.Clear();
            Record.Set64(0, frame);
            Record.Set16(8, 1);
            Told("transfer"u8, 4, frame, 0, 16);
        }
        foreach (uint operation in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 0x8000_0000, 0x8000_0001])
        {
            Record.Clear();
            Record.Set64(0, operation >> 31 != 0 ? 0 : Frames.Of(Edge.Zeros) << 12);
            Record.Set16(8, 0);
            Record.Set16(10, 64);
            Record.Set32(12, operation);
            Told("cache_flush"u8, 12, operation, 0, 16);
        }
    }
}
