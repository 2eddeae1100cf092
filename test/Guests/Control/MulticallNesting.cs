using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// A batch in a batch is refused, or a batch that names itself recurses until the hypervisor's stack is gone. This hypervisor compared all 64 bits of
/// the number and dispatched by 32 of them: a number with a bit set above slipped through.
/// Nested batches must be refused, numbers of more than 32 bits are those of no call, all else is done in order, each result in its place.
/// </summary>
internal static class MulticallNesting
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Span<ulong> entry = Frames.Words(page);
        foreach (ulong spelling in (ReadOnlySpan<ulong>)[0, 1ul << 32, 1ul << 63, 0xffff_ffff_0000_0000])
        {
            Errno refusal = spelling == 0 ? Errno.Inval : Errno.NoSys;
            entry[0] = spelling | (uint)Hypercall.Multicall;
            entry[2] = page;
            entry[3] = 1;
            Verdict.ExpectDone(Batch(page, 1), "a batch in a batch"u8);
            Verdict.ExpectError((long)entry[1], refusal, "the inner batch"u8);
            entry[0] = spelling | (uint)Hypercall.Iret;
            if (spelling == 0)
                continue;
            Verdict.ExpectDone(Batch(page, 1), "iret by a long number in a batch"u8);
            Verdict.ExpectError((long)entry[1], refusal, "iret by a long number"u8);
        }

        for (int index = 0; index < 60; index++)
        {
            entry[index * 8] = (ulong)(index % 3 == 0 ? Hypercall.XenVersion : index % 3 == 1 ? Hypercall.FpuTaskSwitch : (Hypercall)63);
            entry[(index * 8) + 1] = 0x5555;
            entry[(index * 8) + 2] = 0;
        }

        Verdict.ExpectDone(Batch(page, 60), "sixty calls"u8);
        for (int index = 0; index < 60; index++)
        {
            long expected = index % 3 == 0 ? 0x4_0011 : index % 3 == 1 ? 0 : -(long)Errno.NoSys;
            Verdict.ExpectResult((long)entry[(index * 8) + 1], expected, "a call of the batch"u8);
        }

        // Nothing is mapped behind the next page, so that the long batch ends after one call.
        ulong last = Frames.Take();
        Mmu.Map(Frames.Take(), 0);
        Frames.Words(last)[504] = (ulong)Hypercall.XenVersion;
        Verdict.ExpectError(Batch(last + 4096 - 64, 100_000_000), Errno.Fault, "a batch beyond the end of memory"u8);
        Verdict.ExpectError(Batch(0xffff_8300_0000_0000, 1), Errno.Fault, "a batch in the hypervisor"u8);
        Verdict.ExpectDone(Batch(page, 0), "an empty batch"u8);
        ulong readOnly = Frames.TakeProtected();
        Verdict.ExpectError(Batch(readOnly, 1), Errno.Fault, "a batch whose results cannot be written"u8);
    }

    private static long Batch(ulong entries, ulong count) => Hypercalls.Call(Hypercall.Multicall, entries, count);
}
