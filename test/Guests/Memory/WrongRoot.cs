using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The root is what the processor follows first. Loading CR3 with a frame that is no validated L4 table ends all protection; loading one of
/// a lower level shifts all levels by one.
/// new_baseptr, new_user_baseptr and mov cr3 must refuse tables of other levels, writable pages and descriptors.
/// </summary>
internal static class WrongRoot
{
    internal static void Run()
    {
        for (int level = 1; level <= 3; level++)
        {
            ulong frame = Frames.Of(Frames.TakeProtected());
            Verdict.ExpectDone(Mmu.Pin(frame, level), "a pin"u8);
            Refuse(frame);
            Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        }

        Refuse(Frames.Of(Frames.Take()));
        Refuse(0xff_ffff_ffff);
        Refuse(0x200);
        Verdict.ExpectError(Mmu.Extended(MmuExtendedCommand.NewBasePointer, 0), Errno.Inval, "new_baseptr 0"u8);
        Verdict.ExpectDone(
            Mmu.Extended(MmuExtendedCommand.NewBasePointer, Frames.Of(Guest.StartInfo.PageTableBase)), "the root that is loaded"u8);
    }

    private static void Refuse(ulong frame)
    {
        Verdict.ExpectError(Mmu.Extended(MmuExtendedCommand.NewBasePointer, frame), Errno.Inval, "new_baseptr"u8);
        Verdict.ExpectError(Mmu.Extended(MmuExtendedCommand.NewUserBasePointer, frame), Errno.Inval, "new_user_baseptr"u8);
        Verdict.ExpectTrap(Probe.Try(ProbeCode.WriteCr3, frame << 12), 13, "mov cr3"u8);
    }
}
