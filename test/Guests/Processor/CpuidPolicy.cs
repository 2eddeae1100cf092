using System;

using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A feature that a guest is shown it will use: large pages, global pages, PCIDs, the local APIC's x2 form. Each shown by mistake is a fault later,
/// or a register of the machine written.
/// Through the prefix the leaves must hide these, show the hypervisor's own leaves, and the prefix with anything else behind it is no opcode.
/// </summary>
internal static class CpuidPolicy
{
    internal static void Run()
    {
        Verdict.Expect((Ask(1, 0, 3) & ((1 << 3) | (1 << 12) | (1 << 13) | (1 << 17))) == 0, "PSE, MTRR, PGE or PSE36"u8);
        Verdict.Expect((Ask(1, 0, 3) & ((1 << 5) | (1 << 6) | (1 << 8))) == ((1 << 5) | (1 << 6) | (1 << 8)), "MSR, PAE or CX8 is missing"u8);
        Verdict.Expect(
            (Ask(1, 0, 2) & ((1 << 3) | (1 << 5) | (1 << 17) | (1 << 21) | (1 << 24))) == 0, "MONITOR, VMX, PCID, x2APIC or the deadline timer"u8);
        Verdict.Expect((Ask(1, 0, 2) >> 31) == 1, "the hypervisor bit is missing"u8);
        Verdict.Expect((Ask(7, 0, 1) & ((1 << 7) | (1 << 10) | (1 << 20))) == 0, "SMEP, INVPCID or SMAP"u8);
        Verdict.Expect((Ask(7, 0, 2) & ((1 << 2) | (1 << 3) | (1 << 16))) == 0, "UMIP, PKU or LA57"u8);
        Verdict.Expect((Ask(0x8000_0001, 0, 3) & (1 << 26)) == 0, "pages of 1 GiB"u8);
        Verdict.Expect((Ask(0x8000_0001, 0, 2) & (1 << 2)) == 0, "SVM"u8);
        Verdict.Expect((Ask(0x4000_0000, 0, 0) & 0xffff_ff00) == 0x4000_0000, "the hypervisor's leaves"u8);
        Verdict.Expect(Ask(0x4000_0000, 0, 1) == 0x566e_6558 && Ask(0x4000_0000, 0, 2) == 0x6558_4d4d, "the hypervisor's name"u8);
        Verdict.Expect(Ask(0x4000_0001, 0, 0) == 0x0004_0011, "the interface's version"u8);
        foreach (uint leaf in (ReadOnlySpan<uint>)[0xffff_ffff, 0x8000_0000, 0x4000_00ff, 0x7fff_ffff, 0xd, 0xb, 0xa, 4, 2])
            Ask(leaf, uint.MaxValue, 0);
        Verdict.ExpectTrap(Probe.Code([0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0x0b]), 6, "the prefix with another instruction"u8);
        Verdict.ExpectTrap(Probe.Code([0x0f, 0x0b, 0x78, 0x65, 0x6f, 0x0f, 0xa2]), 6, "half of the prefix"u8);
        UserMode.Run([0x31, 0xc0, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0xcc]);
        Verdict.Expect(Traps.Last.Vector is 3 or 6, "the prefix in an application"u8);
    }

    // push rbx; mov eax, edi; mov ecx, esi; ud2 'xen' cpuid; then the wanted register into eax; pop rbx; ret
    private static uint Ask(uint leaf, uint subleaf, int register)
    {
        ulong value;
        bool ran = register switch
        {
            0 => Probe.Code([0x53, 0x89, 0xf8, 0x89, 0xf1, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x90, 0x90, 0x5b, 0xc3],
                leaf, subleaf, out value),
            1 => Probe.Code([0x53, 0x89, 0xf8, 0x89, 0xf1, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x89, 0xd8, 0x5b, 0xc3],
                leaf, subleaf, out value),
            2 => Probe.Code([0x53, 0x89, 0xf8, 0x89, 0xf1, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x89, 0xc8, 0x5b, 0xc3],
                leaf, subleaf, out value),
            _ => Probe.Code([0x53, 0x89, 0xf8, 0x89, 0xf1, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x89, 0xd0, 0x5b, 0xc3],
                leaf, subleaf, out value),
        };
        Verdict.Expect(ran, "cpuid by the prefix trapped"u8);
        return (uint)value;
    }
}
