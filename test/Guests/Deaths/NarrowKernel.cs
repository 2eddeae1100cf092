using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// The kernel returns to itself as 32-bit code: half of its stack pointer is gone, and the next trap's frame goes to the other half.
/// </summary>
internal static class NarrowKernel
{
    internal static void Run()
    {
        ulong page = Frames.Take(), target = Frames.Take();
        Frames.Words(page)[4] = target;
        Frames.Words(page)[5] = FlatSelectors.UserCode32 & ~3ul;
        Frames.Words(page)[6] = UserMode.MaskedFlags;
        Frames.Words(page)[7] = page + 2048;
        Frames.Words(page)[8] = FlatSelectors.KernelStack;
        Probe.Iret(page);
        Verdict.Expect(false, "it lives"u8);
    }
}
