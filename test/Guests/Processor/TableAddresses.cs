using System;

using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// SGDT and SIDT tell ring 3 where the hypervisor's tables lie, SLDT and STR which of its selectors are loaded, SMSW what is in its CR0. Where the
/// processor can keep them from ring 3 (UMIP) they must be general protection faults, of a guest's kernel and of its applications.
/// </summary>
internal static class TableAddresses
{
    internal static void Run()
    {
        // push rbx; mov eax, 7; xor ecx, ecx; cpuid; mov eax, ecx; pop rbx; ret: the processor's own answer, not the hypervisor's
        Verdict.Expect(
            Probe.Code([0x53, 0xb8, 7, 0, 0, 0, 0x31, 0xc9, 0x0f, 0xa2, 0x89, 0xc8, 0x5b, 0xc3], 0, 0, out ulong features), "cpuid"u8);
        const ulong umip = 1 << 2;
        if ((features & umip) == 0)
            return;
        Try([0x0f, 0x01, 0x44, 0x24, 0xf0, 0xc3], "sgdt"u8);
        Try([0x0f, 0x01, 0x4c, 0x24, 0xf0, 0xc3], "sidt"u8);
        Try([0x0f, 0x00, 0xc0, 0xc3], "sldt"u8);
        Try([0x0f, 0x00, 0xc8, 0xc3], "str"u8);
        Try([0x0f, 0x01, 0xe0, 0xc3], "smsw"u8);
    }

    private static void Try(ReadOnlySpan<byte> code, ReadOnlySpan<byte> what)
    {
        Verdict.ExpectTrap(Probe.Code(code, 0), 13, what);
        UserMode.Run(code);
        Verdict.ExpectResult((long)Traps.Last.Vector, 13, what);
    }
}
