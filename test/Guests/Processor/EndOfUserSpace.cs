using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// sysret to an address that is not canonical faults in ring 0 with the guest's stack (CVE-2012-0217, which broke out of half the world's
/// hypervisors and kernels). The guest needs no more than `syscall` in the last two bytes of the lower half.
/// A hypercall there must end as a general protection or page fault of the guest; a system call there must arrive with that address.
/// </summary>
internal static unsafe class EndOfUserSpace
{
    private const ulong LastPage = 0x7fff_ffff_f000;
    private const ulong End = 0x8000_0000_0000;

    internal static void Run()
    {
        ulong code = Frames.Take();
        Map(Guest.StartInfo.PageTableBase, code);
        byte* end = (byte*)(code + Frames.PageBytes);
        (end[-2], end[-1]) = (0x0f, 0x05);
        bool ran = Probe.At(LastPage + 4094, 0, 0, out _);
        Verdict.Expect(!ran && Traps.Last.Vector is 13 or 14, "a hypercall at the end of the lower half"u8);
        Verdict.Expect(Traps.Last.Rip is End or LastPage + 4094, "its fault is somewhere else"u8);
        UserMode.Load([0]);
        MapForUser(code);
        UserMode.Enter(LastPage + 4094, UserMode.MaskedFlags, FlatSelectors.UserCode);
        Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "a system call at the end of the lower half"u8);
        Verdict.Expect(Traps.Last.Rip == End, "its frame has another address"u8);
        UserMode.Enter(End, UserMode.MaskedFlags, FlatSelectors.UserCode);
        Verdict.Expect(Traps.Last.Vector is 13 or 14, "an application that begins behind the lower half"u8);
    }

    private static ulong Tables(ulong code)
    {
        ulong level1 = Frames.Take(), level2 = Frames.Take(), level3 = Frames.Take();
        Frames.Words(level1)[511] = Entries.Make(Frames.Of(code), Entries.ReadWrite);
        Frames.Words(level2)[511] = Entries.Make(Frames.Of(level1), Entries.Table);
        Frames.Words(level3)[511] = Entries.Make(Frames.Of(level2), Entries.Table);
        Frames.Protect(level1);
        Frames.Protect(level2);
        Frames.Protect(level3);
        return Entries.Make(Frames.Of(level3), Entries.Table);
    }

    private static void Map(ulong root, ulong code) =>
        Verdict.ExpectDone(Mmu.Update(Frames.Of(root), 255, Tables(code)), "mapping the end of the lower half"u8);

    private static void MapForUser(ulong code) =>
        Verdict.ExpectDone(Mmu.Update(UserMode.Root, 255, Tables(code)), "mapping it for applications"u8);
}
