using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The processor sets accessed and dirty while a guest changes an entry. MMU_PT_UPDATE_PRESERVE_AD promises that none of this is lost; command 3
/// is an ordinary update.
/// After each command exactly the bits that it promises must be there, and an entry of the kernel must stay the kernel's when it is written back
/// as it was read.
/// </summary>
internal static unsafe class PreservedBits
{
    private const ulong AccessedDirty = Entries.Accessed | Entries.Dirty;

    internal static void Run()
    {
        ulong page = Frames.Take();
        ulong place = Entries.MachineAddress(page, 1);
        ulong clean = Entries.Make(Frames.Of(page), Entries.Present | Entries.Writable);
        *(ulong*)page = 1;
        Verdict.ExpectDone(Mmu.Update(place | (ulong)MmuUpdateCommand.PreserveAccessedDirty, clean), "an update that preserves"u8);
        Verdict.Expect((Entries.Read(page, 1) & AccessedDirty) == AccessedDirty, "accessed and dirty were lost"u8);
        Verdict.ExpectDone(Mmu.Update(place, clean), "an update that does not"u8);
        Verdict.Expect((Entries.Read(page, 1) & AccessedDirty) == 0, "accessed and dirty were kept"u8);
        ulong stored = Entries.Read(page, 1);
        Verdict.Expect((stored & ~AccessedDirty) == (clean | Entries.User | (1ul << 52)), "the kernel's entry is not marked as such"u8);
        Verdict.ExpectDone(Mmu.Update(place | (ulong)MmuUpdateCommand.NoTranslate, stored), "writing back what was read"u8);
        Verdict.Expect((Entries.Read(page, 1) & ~AccessedDirty) == (stored & ~AccessedDirty), "it came out otherwise"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page as it was"u8);
    }
}
