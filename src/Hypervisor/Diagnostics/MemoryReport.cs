using System;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>Who has how much memory, and as what.</summary>
public static class MemoryReport
{
    private const int TypeCount = 7;

    /// <summary>Writes what is free.</summary>
    public static void WriteFree() => Log.Always().Text("free frames: "u8).Number(FrameAllocator.FreeCount).Text(" of "u8)
        .Number(FrameTable.All.Length).Text(", kept for devices "u8).Number(FrameAllocator.KeptFree)
        .Text("; cleared in idle time "u8).Number(Scrubber.ClearedIdle).Text(", when given "u8)
        .Number(Scrubber.ClearedGiven).End();

    /// <summary>Writes what a domain has.</summary>
    public static void Write(ref Domain domain) => Log.Always().Text("domain "u8).Name(domain).Text(": "u8).Number(domain.Memory.GuestPages)
        .Text(" frames, at most "u8).Number(domain.Memory.MaximumPages)
            .Text(", shared with the hypervisor "u8).Number(domain.Memory.SharedPages).End();

    /// <summary>Writes how many frames of each type a domain has: all its frames are gone through for that.</summary>
    public static void WriteTypes(ref Domain domain)
    {
        Span<ulong> counts = Scratch.Zeroed(stackalloc ulong[TypeCount]);
        for (uint frame = domain.Memory.FirstFrame; frame != Frame.Nil; frame = FrameTable.All[frame].Next)
            counts[FrameTable.All[frame].TypeCount == 0 ? 0 : (int)FrameTable.All[frame].Type]++;
        Log.Always().Text("domain "u8).Name(domain).Text(": untyped "u8).Number(counts[0]).Text(", L1 "u8).Number(counts[1])
            .Text(", L2 "u8).Number(counts[2]).Text(", L3 "u8).Number(counts[3]).Text(", L4 "u8).Number(counts[4])
            .Text(", descriptors "u8).Number(counts[5]).Text(", writable "u8).Number(counts[6]).End();
    }
}
