using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>multicall: numbers, nesting, an iret in the middle, and what becomes of the registers of who makes a call.</summary>
internal static class BatchCalls
{
    private const int EntryBytes = 64;

    internal static void Run()
    {
        Numbers();
        Nested();
        Iret();
        Registers();
    }

    private static void Entry(int index, ulong number, ulong first = 0, ulong second = 0, ulong third = 0, ulong fourth = 0)
    {
        int at = index * EntryBytes;
        Record.Set64(at, number);
        Record.Set64(at + 8, 0x7777);
        Record.Set64(at + 16, first);
        Record.Set64(at + 24, second);
        Record.Set64(at + 32, third);
        Record.Set64(at + 40, fourth);
    }

    private static void Numbers()
    {
        foreach (ulong number in (ReadOnlySpan<ulong>)[17, 0x1_0000_0011, 0x8000_0000_0000_0011, 0x8000_0011, 63, 64, uint.MaxValue, ulong.MaxValue])
        {
            Record.Clear();
            Entry(0, number);
            Entry(1, 17);
            Line.Begin("multicall of number"u8);
            Line.Number(number);
            Line.End(Hypercalls.Call(Hypercall.Multicall, Record.Address, 2));
            Line.Begin("multicall of number, its result"u8);
            Line.Number(number);
            Line.End((long)Record.Get64(8));
            Line.Begin("multicall of number, the next one's"u8);
            Line.Number(number);
            Line.End((long)Record.Get64(EntryBytes + 8));
        }
        foreach (ulong count in (ReadOnlySpan<ulong>)[0, 1, 0x1_0000_0001, 0x1_0000_0000])
        {
            Record.Clear();
            Entry(0, 17);
            Line.Begin("multicall count"u8);
            Line.Number(count);
            Line.End(Hypercalls.Call(Hypercall.Multicall, Record.Address, count));
            Line.Begin("multicall count, the result"u8);
            Line.Number(count);
            Line.End((long)Record.Get64(8));
        }
    }

    private static void Nested()
    {
        Record.Clear();
        Entry(0, (ulong)Hypercall.Multicall, Record.Address + EntryBytes, 1);
        Entry(1, 17);
        Line.Begin("multicall in a multicall"u8);
        Line.End(Hypercalls.Call(Hypercall.Multicall, Record.Address, 2));
        Line.Begin("multicall in a multicall, its result"u8);
        Line.End((long)Record.Get64(8));
        Line.Begin("multicall in a multicall, the next one's"u8);
        Line.End((long)Record.Get64(EntryBytes + 8));
    }

    // iret: the batch ends there, and the entries behind it are not made.
    private static void Iret()
    {
        Record.Clear();
        Entry(0, 17);
        Entry(1, (ulong)Hypercall.Iret);
        Entry(2, 17);
        // mov r10, rsp; sub rsp, 8; push 0xe02b; push r10; push 2; push 0xe030; lea rax, [rip + after]; push rax;
        // push 0 (flags); push rcx; push r11; push 0x99; mov esi, 3; mov eax, 13; syscall; ud2; after: ret
        bool ran = Probe.Code(
            [
                0x49, 0x89, 0xe2, 0x48, 0x83, 0xec, 0x08, 0x68, 0x2b, 0xe0, 0x00, 0x00, 0x41, 0x52, 0x6a, 0x02, 0x68, 0x30, 0xe0, 0x00, 0x00,
                0x48, 0x8d, 0x05, 0x1b, 0x00, 0x00, 0x00, 0x50, 0x6a, 0x00, 0x51, 0x41, 0x53, 0x68, 0x99, 0x00, 0x00, 0x00,
                0xbe, 0x03, 0x00, 0x00, 0x00, 0xb8, 0x0d, 0x00, 0x00, 0x00, 0x0f, 0x05, 0x0f, 0x0b, 0x90, 0x90, 0xc3,
            ],
            Record.Address, 0, out ulong value);
        Line.Begin("iret in a multicall, rax"u8);
        Line.EndBits(ran ? value : 0xbad);
        for (int index = 0; index < 3; index++)
        {
            Line.Begin("iret in a multicall, result of entry"u8);
            Line.Number((ulong)index);
            Line.End(index == 1 ? 0 : (long)Record.Get64((index * EntryBytes) + 8));
        }
    }

    // What a call leaves in RDI, RSI, RDX, R10, R8, R9 and RBX: bit n is set where register n is as it was.
    private static void Registers()
    {
        Record.Clear();
        for (int index = 0; index < 3; index++)
            Entry(index, 17, 1, Edge.Zeros, 3, 4);
        Kept("multicall"u8, (ulong)Hypercall.Multicall, Record.Address, 3);
        Kept("xen_version"u8, (ulong)Hypercall.XenVersion, 0, 0);
        Kept("unknown"u8, 63, 1, 2);
        Kept("mmuext_op"u8, (ulong)Hypercall.MmuExtendedOp, Edge.Unmapped, 1);
        Kept("sched_op yield"u8, (ulong)Hypercall.SchedOp, 0, 0);
    }

    private static void Kept(ReadOnlySpan<byte> name, ulong number, ulong first, ulong second)
    {
        // Record words from 0x800 on: what the registers held after the call. push rbx; mov rbx, rdi; mov rdi, [rbx]; mov rsi, [rbx + 8];
        // mov eax, [rbx + 16]; mov edx, 0x5d; mov r10d, 0x5a; mov r8d, 0x58; mov r9d, 0x59; syscall;
        // mov [rbx + 24], rdi; mov [rbx + 32], rsi; mov [rbx + 40], rdx; mov [rbx + 48], r10; mov [rbx + 56], r8; mov [rbx + 64], r9; pop rbx; ret
        const int at = 0x800;
        Record.Set64(at, first);
        Record.Set64(at + 8, second);
        Record.Set64(at + 16, number);
        bool ran = Probe.Code(
            [
                0x53, 0x48, 0x89, 0xfb, 0x48, 0x8b, 0x3b, 0x48, 0x8b, 0x73, 0x08, 0x8b, 0x43, 0x10, 0xba, 0x5d, 0, 0, 0, 0x41, 0xba, 0xf0, 0x7f, 0, 0,
                0x41, 0xb8, 0x58, 0, 0, 0, 0x41, 0xb9, 0x59, 0, 0, 0, 0x0f, 0x05,
                0x48, 0x89, 0x7b, 0x18, 0x48, 0x89, 0x73, 0x20, 0x48, 0x89, 0x53, 0x28, 0x4c, 0x89, 0x53, 0x30, 0x4c, 0x89, 0x43, 0x38,
                0x4c, 0x89, 0x4b, 0x40, 0x5b, 0xc3,
            ],
            Record.Address + at, 0, out _);
        ulong same = 0;
        ReadOnlySpan<ulong> before = [0, 0, 0x5d, 0x7ff0, 0x58, 0x59];
        for (int index = 0; index < before.Length; index++)
        {
            ulong expected = index == 0 ? first : index == 1 ? second : before[index];
            if (Record.Get64(at + 24 + (index * 8)) == expected)
                same |= 1ul << index;
        }
        Line.Begin("registers kept by"u8);
        Line.Word(name);
        Line.EndBits(ran ? same : 0xbad);
    }
}
