using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>A domain's frames: which, how many, and those on their way.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainMemory
{
    /// <summary>The head of the list of its frames, and how many they are.</summary>
    public uint FirstFrame;
    public ulong PageCount;

    /// <summary>The most frames it may have.</summary>
    public ulong MaximumPages;

    /// <summary>Of its frames, how many the hypervisor shares: its shared page, its grant table.</summary>
    public ulong SharedPages;

    /// <summary>Its tables that are half-way on their way to being nothing.</summary>
    public UnfinishedTables Unfinished;

    /// <summary>The block of frames that it is being given piece by piece.</summary>
    public LargeExtent Extent;

    /// <summary>Frames that calls for it have taken in exchange for some of its own, and that it is yet to be given.</summary>
    public ulong Exchanging;

    /// <summary>Whether an entry of its tables has ever mapped a frame that is not its own; set where the entry is taken (Level1Entries).</summary>
    public bool MapsForeign;

    /// <summary>The frame that a walk over its frames looks at next; one that leaves the list meanwhile is passed (FrameList.Remove).</summary>
    public uint WalkCursor;

    /// <summary>The frames it knows of as its own: all but those it shares with the hypervisor.</summary>
    public readonly ulong GuestPages => PageCount - SharedPages;

    /// <summary>What counts against its limit: the frames it knows of, and those that are on their way to it.</summary>
    public readonly ulong CountedPages => GuestPages + Extent.Left + Exchanging;
}
