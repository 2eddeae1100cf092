using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A guest that never gave a root for its applications returns to one. Loading CR3 with 0 is frame 0, whatever firmware left there.
/// </summary>
internal static class UserWithoutRoot
{
    internal static void Run()
    {
        Mmu.Extended(MmuExtendedCommand.NewUserBasePointer, 0);
        UserMode.Enter(0x1000, UserMode.MaskedFlags, FlatSelectors.UserCode);
        Verdict.Expect(false, "it lives"u8);
    }
}
