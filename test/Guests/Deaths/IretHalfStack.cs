using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// Half of the context is there, the first words are not: a path that replaces the frame word by word and then faults goes on with half of each.
/// The guest must die; the context behind the hole leads to a line that says that it does not.
/// </summary>
internal static class IretHalfStack
{
    internal static void Run()
    {
        ulong hole = Frames.Take(), page = Frames.Take();
        Mmu.Map(hole, 0);
        // The context begins 24 bytes before the page: RAX, R11 and RCX are missing.
        Frames.Words(page)[1] = Probe.CodePage;
        Frames.Words(page)[2] = FlatSelectors.KernelCode & ~3ul;
        Frames.Words(page)[3] = 2;
        Frames.Words(page)[4] = page + 2048;
        Frames.Words(page)[5] = FlatSelectors.KernelStack;
        Probe.Code([0x48, 0x89, 0xfc, 0xb8, 0x17, 0, 0, 0, 0x0f, 0x05], page - 24);
        Verdict.Expect(false, "it lives"u8);
    }
}
