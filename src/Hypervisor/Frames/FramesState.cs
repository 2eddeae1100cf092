using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct FramesState
{
    /// <summary>The machine's.</summary>
    public static ref FramesState Now => ref PerMachine<FramesState>.Now;

    public Table<Frame> FrameTableAll;
    public ulong FrameTablePhysicalLimit;
    public uint FrameAllocatorWatched;
    public uint FrameAllocatorSearched;
    public ulong FrameAllocatorFreeCount;
    public ulong FrameAllocatorKeptFree;
    public ulong FrameAllocatorKeptStart;
    public ulong FrameAllocatorKeptCount;
    public Table<ulong> MachineToPhysicalAll;
    public ulong ScrubberNext;
    public ulong ScrubberUncleared;
    public ulong ScrubberWindowStart;
    public ulong ScrubberClearedIdle;
    public ulong ScrubberClearedGiven;
    public FrameAllocator.OrderSets FrameAllocatorAvailable;
    public FrameAllocator.ListHeads FrameAllocatorHeads;

    /// <summary>What is not zero before the machine is looked at.</summary>
    public static void Begin() => Now.FrameAllocatorWatched = Frame.Nil;
}
