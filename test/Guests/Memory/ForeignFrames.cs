using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A frame number is a guest's allegation. The hypervisor's own image, its frame table, the machine-to-physical table and other domains'
/// memory are all one number away.
/// Every frame of the first 512 MiB that is not this domain's must be refused as a mapping, a table, a page to clear or copy.
/// </summary>
internal static class ForeignFrames
{
    // Below the first and in the last of RAM, firmware keeps what the initial domain may map; above RAM are devices.
    private const ulong FirstFrame = 0x100, LargestEnd = 0x2_0000, Firmware = 0x100;

    internal static void Run()
    {
        ulong window = Frames.Take();
        ulong tried = 0;
        ulong end = (ulong)Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumRamPage);
        end = (end < LargestEnd ? end : LargestEnd) - Firmware;
        for (ulong frame = FirstFrame; frame < end; frame += frame < 0x1000 ? 1ul : 61)
        {
            if (IsMine(frame))
                continue;
            tried++;
            Try(window, frame);
        }

        Verdict.Expect(tried > 100, "there were no foreign frames to try"u8);
    }

    private static bool IsMine(ulong frame)
    {
        if (frame == Guest.StartInfo.SharedInfo >> 12)
            return true;
        if (!Probe.Load(AddressSpace.MachineToPhysicalStart + (frame * 8), out ulong number))
            Verdict.Expect(false, "the machine-to-physical table could not be read"u8);
        // Other stories have asked for frames with numbers from here on.
        if (number is >= 0x10_0000 and < 0x100_0000)
            return true;
        return number < Guest.StartInfo.PageCount && Frames.OfPseudoPhysical(number) == frame;
    }

    private static void Try(ulong window, ulong frame)
    {
        Verdict.Expect(Mmu.Map(window, Entries.Make(frame, Entries.ReadOnly)) < 0, "a foreign frame was mapped read-only"u8);
        Verdict.Expect(Mmu.Map(window, Entries.Make(frame, Entries.ReadWrite)) < 0, "a foreign frame was mapped writable"u8);
        Verdict.Expect(Mmu.Pin(frame, 1) < 0, "a foreign frame was pinned as level 1"u8);
        Verdict.Expect(Mmu.Pin(frame, 4) < 0, "a foreign frame was pinned as level 4"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.ClearPage, frame) < 0, "a foreign frame was cleared"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.CopyPage, Frames.Of(window), frame) < 0, "a foreign frame was copied"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.NewBasePointer, frame) < 0, "a foreign frame became the root"u8);
        Verdict.Expect(Mmu.Update(frame << 12, 0) < 0, "a foreign frame was written by mmu_update"u8);
        Verdict.Expect(Mmu.Update((frame << 12) | 1, 0) < 0, "a foreign frame got another pseudo-physical number"u8);
    }
}
