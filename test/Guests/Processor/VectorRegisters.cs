using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A hypervisor in a compiled language moves blocks with vector registers. Those are the guest's: a block moved between two of its instructions is
/// a word of its floating-point sums changed, once in a while.
/// All sixteen registers, with the upper halves of AVX where there are, must be the same after hypercalls, faults and a wait.
/// </summary>
internal static class VectorRegisters
{
    private const int Bytes = 32;

    internal static void Run()
    {
        bool wide = TryAllow();
        // mov eax, 17; mov edi, 3; syscall: xen_version, 1024 bytes into the page in RSI
        Try([0xb8, 17, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05], wide, "after xen_version"u8);
        // mov eax, 12; mov edi, 6; syscall: populate_physmap of the page in RSI
        Try([0xb8, 12, 0, 0, 0, 0xbf, 6, 0, 0, 0, 0x0f, 0x05], wide, "after memory_op"u8);
        // mov eax, 29; xor edi, edi; syscall: yield
        Try([0xb8, 29, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05], wide, "after yield"u8);
        // mov eax, 32; mov edi, 5; syscall: event_channel_op status
        Try([0xb8, 32, 0, 0, 0, 0xbf, 5, 0, 0, 0, 0x0f, 0x05], wide, "after event_channel_op"u8);
        // mov ecx, 0x277; rdmsr
        Try([0xb9, 0x77, 2, 0, 0, 0x0f, 0x32], wide, "after an emulated instruction"u8);
        // push rbx; xor eax, eax; ud2 'xen' cpuid; pop rbx
        Try([0x53, 0x31, 0xc0, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x5b], wide, "after cpuid by the prefix"u8);
    }

    // One piece of code, since C# uses vector registers between any two: load all, do it, store all on the page behind.
    private static void Try(ReadOnlySpan<byte> deed, bool wide, ReadOnlySpan<byte> what)
    {
        ulong before = Frames.Take(), after = Frames.Take(), scratch = Frames.Take();
        for (int index = 0; index < 16 * Bytes / 8; index++)
            Frames.Words(before)[index] = 0x0101_0101_0101_0101ul * (ulong)(index + 3);
        Span<byte> code = stackalloc byte[400];
        int length = Move(code, 0x10, 0, wide);
        code[length++] = 0x57;
        deed.CopyTo(code[length..]);
        length += deed.Length;
        code[length++] = 0x5f;
        length += Move(code[length..], 0x11, (int)Frames.PageBytes, wide);
        code[length++] = 0xc3;
        Verdict.Expect(Probe.Code(code[..length], before, scratch), "moving vector registers trapped"u8);
        for (int index = 0; index < 16 * Bytes / 8; index++)
        {
            if (wide || index % 4 < 2)
                Verdict.ExpectResult((long)Frames.Words(after)[index], (long)Frames.Words(before)[index], what);
        }
    }

    // movups or vmovups between each register and its place behind RDI: operation code 10 loads, 11 stores
    private static int Move(Span<byte> code, byte operation, int displacement, bool wide)
    {
        int at = 0;
        for (int register = 0; register < 16; register++)
        {
            if (wide)
            {
                code[at++] = 0xc5;
                code[at++] = (byte)(register < 8 ? 0xfc : 0x7c);
            }
            else
            {
                if (register >= 8)
                    code[at++] = 0x44;
                code[at++] = 0x0f;
            }

            int place = displacement + (register * Bytes);
            code[at++] = operation;
            code[at++] = (byte)(0x87 | ((register & 7) << 3));
            code[at++] = (byte)place;
            code[at++] = (byte)(place >> 8);
            code[at++] = 0;
            code[at++] = 0;
        }

        return at;
    }

    // mov rax, cr4; or eax, 0x40000; mov cr4, rax; xor ecx, ecx; xor edx, edx; mov eax, 7; xsetbv; ret
    private static bool TryAllow() =>
        Probe.Code([0x0f, 0x20, 0xe0, 0x0d, 0, 0, 4, 0, 0x0f, 0x22, 0xe0, 0x31, 0xc9, 0x31, 0xd2, 0xb8, 7, 0, 0, 0, 0x0f, 0x01, 0xd1, 0xc3]);
}
