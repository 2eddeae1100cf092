using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Only L1 tables are written by emulation. A L2 entry stored that way would skip the flush that a change of a higher level needs: the
/// processor goes on walking a table that no longer is one.
/// A store into a table of level 2, 3 or 4 must give the guest a page fault and change nothing.
/// </summary>
internal static unsafe class WriteToHigherTables
{
    internal static void Run()
    {
        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
        for (int level = 2; level <= 4; level++)
        {
            ulong table = Frames.TakeProtected();
            Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), level), "the pin"u8);
            Verdict.ExpectTrap(Probe.Store(table + 64, 0), 14, "a store of nothing into a higher table"u8);
            Verdict.ExpectTrap(Probe.Store(table + 64, 0x1000), 14, "a store of an absent entry into a higher table"u8);
            Verdict.Expect(*(ulong*)(table + 64) == 0, "the store was done"u8);
            Verdict.ExpectDone(Mmu.Unpin(Frames.Of(table)), "the unpin"u8);
        }
    }
}
