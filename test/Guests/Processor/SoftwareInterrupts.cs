using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// `int n` reaches the hypervisor as a general protection fault whose error code names n, and which gate may be called from where is the guest's
/// own table's matter. Prefixes make the instruction longer than the two bytes that everybody expects (and once stopped this hypervisor: a
/// subtraction below zero).
/// An allowed one must arrive with RIP behind it, a refused one as #GP with RIP at it and n*8+2.
/// </summary>
internal static class SoftwareInterrupts
{
    internal static void Run()
    {
        Verdict.ExpectDone(Traps.Set(0x80, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)3), "gate 0x80"u8);
        Verdict.ExpectDone(Traps.Set(0x81, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)1), "gate 0x81"u8);
        Verdict.ExpectDone(Traps.Set(0x82, Traps.Stub(Traps.SpareVector)), "gate 0x82"u8);
        Allowed([0xcd, 0x80, 0xc3], 2, "int 0x80"u8);
        Allowed([0xcd, 0x81, 0xc3], 2, "int 0x81 of ring 1"u8);
        Allowed([0x66, 0x66, 0xcd, 0x81, 0xc3], 4, "int 0x81 with prefixes"u8);
        Refused([0xcd, 0x82, 0xc3], 0x82, "int 0x82 of ring 0"u8);
        Refused([0xcd, 0x83, 0xc3], 0x83, "int 0x83 without a handler"u8);
        Refused([0x66, 0xcd, 0x83, 0xc3], 0x83, "int 0x83 with a prefix"u8);
        Refused([0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xcd, 0x82, 0xc3], 0x82, "int 0x82 with six prefixes"u8);
        Refused([0xcd, 0x20, 0xc3], 0x20, "int 0x20, an interrupt of the hypervisor's"u8);
        Refused([0xcd, 0xf0, 0xc3], 0xf0, "int 0xf0, its timer"u8);
        Refused([0xcd, 0x0e, 0xc3], 0x0e, "int 14"u8);
        Refused([0xcd, 0x08, 0xc3], 0x08, "int 8"u8);
        Traps.Set(0x80, 0x1000);
        Refused([0xcd, 0x80, 0xc3], 0x80, "int 0x80 of ring 0"u8);
        UserMode.Run([0xcd, 0x81]);
        Verdict.ExpectResult((long)Traps.Last.Vector, 13, "int 0x81 of ring 1, by user code"u8);
        Verdict.ExpectResult((long)Traps.Last.ErrorCode, (0x81 << 3) | 2, "its error code"u8);
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress, "its address"u8);
    }

    private static void Allowed(ReadOnlySpan<byte> code, ulong length, ReadOnlySpan<byte> what)
    {
        Verdict.ExpectTrap(Probe.Code(code), Traps.SpareVector, what);
        Verdict.Expect(Traps.Last.Rip == Probe.CodePage + length, what);
    }

    private static void Refused(ReadOnlySpan<byte> code, long number, ReadOnlySpan<byte> what)
    {
        Verdict.ExpectTrap(Probe.Code(code), 13, what);
        Verdict.ExpectResult((long)Traps.Last.ErrorCode, (number << 3) | 2, what);
        Verdict.Expect(Traps.Last.Rip == Probe.CodePage, what);
    }
}
