using System;

using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>Physically contiguous memory for the time of a building; what a power of two has too much goes back at once.</summary>
public readonly struct TemporaryMemory
{
    private const ulong FramesPerBreath = 32;
    private const int AnyAddress = 64;

    private readonly Mfn first;
    private readonly ulong frames;
    private readonly ulong bytes;

    private TemporaryMemory(Mfn first, ulong frames, ulong bytes) => (this.first, this.frames, this.bytes) = (first, frames, bytes);

    /// <summary>Takes so many bytes.</summary>
    public static bool TryTake(ulong bytes, out TemporaryMemory scratch)
    {
        scratch = default;
        ulong frames = (bytes + Mfn.Size - 1) >> Mfn.Shift;
        int order = 0;
        while (1ul << order < frames)
            order++;
        if (!FrameAllocator.TryTakeUnclaimed(order, AnyAddress, forDomain: false, out Mfn first))
            return false;
        for (ulong index = 0; index < 1ul << order; index++)
        {
            if (index < frames)
                FrameAllocator.Claim(first.Plus(index));
            else
                FrameAllocator.Return(first.Plus(index));
            BreatheAt(index);
        }
        scratch = new TemporaryMemory(first, frames, bytes);
        return true;
    }

    /// <summary>Its bytes, holding what they held.</summary>
    public Span<byte> Bytes => DirectMap.Bytes(first.Address, bytes);

    /// <summary>Its memory as 64-bit numbers.</summary>
    public Table<ulong> Numbers => new(first.Address, bytes / 8);

    /// <summary>Gives it back.</summary>
    public void Give()
    {
        for (ulong index = 0; index < frames; index++)
        {
            FrameAllocator.Free(first.Plus(index), 0);
            BreatheAt(index);
        }
    }

    /// <summary>It can be tens of thousands of frames, taken and given back while guests run.</summary>
    private static void BreatheAt(ulong index)
    {
        if (index % FramesPerBreath == 0)
            Processors.Breathe();
    }
}
