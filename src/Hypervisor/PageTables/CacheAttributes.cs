using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Cache attributes of RAM. All entries that map a frame have the same one, whoever's tables they are in: what a cache holds back and what memory
/// holds are never two contents of a frame (docs/decisions/cache-attributes.md). It is chosen by the frame's owner, if that has hardware, with an
/// entry beside which nothing refers to the frame, written into a table that is one already; any other entry gets the attribute that the frame has,
/// whatever it asks for.
/// Lines are written back when the attribute changes, and again before the frame is used as anything but mapped memory, when no processor remembers
/// a mapping any more (<see cref="Forget"/>). A frame that is given back needs no more than its clearing, which writes every line.
/// </summary>
public static class CacheAttributes
{
    /// <summary>The bits that entries mapping the frame have.</summary>
    public static ulong Of(in Frame frame) => frame.Has(Frame.Attributed) ? frame.Place : 0ul;

    /// <summary>Whether the domain may put such an entry into its tables: without hardware, only one that it could have read there.</summary>
    internal static bool MayAsk(ulong entry, in Frame frame, in Domain domain)
        => domain.Rights.HasHardware || (entry & PageTableEntry.CacheMask) is 0 || (entry & PageTableEntry.CacheMask) == Of(frame);

    /// <summary>Whether nothing refers to the frame but its allocation, and the entry that is to be replaced.</summary>
    internal static bool IsSole(in Frame frame, Mfn mfn, ulong former)
    {
        uint others = frame.Has(Frame.Allocated) ? 1u : 0u;
        if ((former & PageTableEntry.Present) != 0 && PageTableEntry.FrameOf(former) == mfn)
            others++;
        return frame.Count == others;
    }

    /// <summary>An entry whose references have been taken, with the attribute that the frame has or, where the entry may choose, gets.</summary>
    internal static ulong Settle(ulong entry, Mfn mfn, ref Frame frame, bool isSole, in Domain domain)
    {
        ulong asked = entry & PageTableEntry.CacheMask;
        if (asked != Of(frame) && isSole && frame.Owner == domain.Id && domain.Rights.HasHardware)
            Change(mfn, ref frame, asked);
        return (entry & ~PageTableEntry.CacheMask) | Of(frame);
    }

    /// <summary>The entry that was to be replaced stays: the frame has its attribute again, if that was changed.</summary>
    internal static void SetBack(ulong former, in Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(former);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if ((former & PageTableEntry.Present) != 0 && frame.Owner != DomainIds.Io)
            Settle(former, mfn, ref frame, IsSole(frame, mfn, former), domain);
    }

    private static void Change(Mfn mfn, ref Frame frame, ulong attribute)
    {
        WriteBack(mfn);
        frame.Mark(Frame.Attributed);
        frame.Place = unchecked((ushort)attribute);
    }

    /// <summary>
    /// Before a frame is used as anything but mapped memory, or by another owner; no processor remembers a mapping of it any more. False where it is
    /// mapped otherwise than write-back.
    /// </summary>
    public static bool Forget(Mfn mfn, ref Frame frame)
    {
        if (!frame.Has(Frame.Attributed))
            return true;
        if (frame.Place != 0 && !IsSole(frame, mfn, 0))
            return false;
        WriteBack(mfn);
        frame.Unmark(Frame.Attributed);
        frame.Place = 0;
        return true;
    }

    /// <summary>
    /// The hypervisor reads and writes through the cache. Where mappings do not, this is called before it does, or lines of long ago would be what is
    /// read, or the rest of what is written; and after it has written, or its lines would come over what the owner writes later.
    /// </summary>
    public static void WriteBackIfOther(Mfn mfn)
    {
        if (Of(FrameTable.Of(mfn)) != 0)
            WriteBack(mfn);
    }

    private static void WriteBack(Mfn mfn)
    {
        Preemption.Charge(Cost.LineWrittenBack, Mfn.Size / 64);
        DirectMap.WriteBack(mfn.Address, Mfn.Size);
    }
}
