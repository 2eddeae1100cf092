using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Memory;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// An array that grows by frames of the hypervisor's own memory, which one more frame names. New elements are zero. It is nobody's but the
/// hypervisor's: no guest can map these frames.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FrameArray
{
    /// <summary>The most frames.</summary>
    public const uint MaximumFrames = Mfn.Size / sizeof(uint);

    // Frame 0 is never RAM of ours, so it stands for none.
    private uint directory;

    /// <summary>Frames with elements in them.</summary>
    public uint FrameCount { get; private set; }

    /// <summary>All frames that it takes up.</summary>
    public readonly uint HeldFrames => directory == 0 ? 0 : FrameCount + 1;

    /// <summary>Adds a frame; false where there are too many, or memory runs out.</summary>
    public bool TryAdd()
    {
        if (FrameCount == MaximumFrames || (directory == 0 && !TryTakeCleared(out directory)) || !TryTakeCleared(out uint frame))
            return false;
        NumberAt(FrameCount++) = frame;
        return true;
    }

    private static bool TryTakeCleared(out uint number)
    {
        number = 0;
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return false;
        DirectMap.Table(frame).Clear();
        number = (uint)frame.Value;
        return true;
    }

    private readonly ref uint NumberAt(uint index) => ref DirectMap.At<uint>(((ulong)directory << Mfn.Shift) + index * sizeof(uint));

    /// <summary>Where the element of an index is; the caller knows that there is one. `size` is a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong AddressOf(uint index, uint size)
    {
        uint each = Mfn.Size / size;
        return unchecked(((ulong)NumberAt(index / each) << Mfn.Shift) + index % each * size);
    }

    /// <summary>Gives all frames back.</summary>
    public void GiveAll()
    {
        while (FrameCount > 0)
            FrameAllocator.Free(new Mfn(NumberAt(--FrameCount)), 0);
        if (directory != 0)
            FrameAllocator.Free(new Mfn(directory), 0);
        directory = 0;
    }
}
