using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A guest may load a root that is a valid table and maps nothing, not even its kernel. Every fault then faults; it must not be the hypervisor that
/// goes round in them.
/// </summary>
internal static class RootGone
{
    internal static void Run()
    {
        ulong root = Frames.TakeProtected();
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(root), 4), "an empty root"u8);
        Mmu.Extended(MmuExtendedCommand.NewBasePointer, Frames.Of(root));
        Verdict.Expect(false, "it lives"u8);
    }
}
