using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// A domain's handles: one for each grant of others that it has mapped. The table grows as far as the domain's limit; free handles are a list.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct MappingTable
{
    /// <summary>The most frames of handles that a domain gets: 262,144 handles, 2 MiB.</summary>
    public const uint MaximumFrames = 512;

    private const uint Size = 8, PerFrame = Mfn.Size / Size;
    private const uint Nil = uint.MaxValue;

    private FrameArray<Page> frames;
    private uint firstFree;

    [InlineArray((int)PerFrame)]
    private struct Page
    {
        private GrantMapping element;
    }

    /// <summary>Handles in use.</summary>
    public uint Count { get; private set; }

    /// <summary>Handles that there are, in use or not.</summary>
    public readonly uint Capacity => unchecked(frames.FrameCount * PerFrame);

    /// <summary>Frames that it takes up.</summary>
    public readonly uint HeldFrames => frames.HeldFrames;

    /// <summary>What a handle below <see cref="Capacity"/> stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref GrantMapping At(uint handle) => ref frames[handle / PerFrame][unchecked((int)(handle % PerFrame))];

    /// <summary>Whether a number that a guest gave is a handle in use.</summary>
    public readonly bool IsUsed(uint handle) => handle < Capacity && At(handle).IsUsed;

    /// <summary>Takes a free handle, which its taker puts to use; false where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint handle)
    {
        handle = 0;
        if (Count == Capacity && !TryGrow())
            return false;
        uint free = firstFree;
        firstFree = At(free).Reference;
        handle = free;
        Count = unchecked(Count + 1);
        return true;
    }

    private bool TryGrow()
    {
        uint first = Capacity;
        if (frames.FrameCount == MaximumFrames || !frames.TryAdd())
            return false;
        uint end = Capacity;
        for (uint handle = first; handle < end; handle++)
            At(handle).Reference = handle + 1 == end ? Nil : handle + 1;
        firstFree = first;
        return true;
    }

    /// <summary>Gives a handle back that stands for nothing any more.</summary>
    public void Give(uint handle)
    {
        At(handle) = new GrantMapping { Reference = firstFree };
        firstFree = handle;
        Count--;
    }

    /// <summary>Gives the memory of all handles back.</summary>
    public void GiveAll()
    {
        frames.GiveAll();
        Count = 0;
    }
}
