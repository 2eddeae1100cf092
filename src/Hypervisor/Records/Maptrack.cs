using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// A domain's maptrack: its handles, one for each grant of others that it has mapped. The table grows as far as the domain's limit; free handles
/// are a list.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Maptrack
{
    /// <summary>The most frames of handles that a domain gets: 262,144 handles, 2 MiB.</summary>
    public const uint MaximumFrames = 512;

    private const uint Size = 8, PerFrame = Mfn.Size / Size;
    internal const uint Nil = uint.MaxValue;

    internal FrameArray<Page> Frames;
    internal uint FirstFree;

    [InlineArray((int)PerFrame)]
    internal struct Page
    {
        private GrantMapping element;
    }

    /// <summary>Handles in use.</summary>
    public uint Count { get; internal set; }

    /// <summary>Handles that there are, in use or not.</summary>
    public readonly uint Capacity => unchecked(Frames.FrameCount * PerFrame);

    /// <summary>Frames that it takes up.</summary>
    public readonly uint HeldFrames => Frames.HeldFrames;

    /// <summary>What a handle below <see cref="Capacity"/> stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref GrantMapping At(uint handle) => ref Frames[handle / PerFrame][unchecked((int)(handle % PerFrame))];

    /// <summary>Whether a number that a guest gave is a handle in use.</summary>
    public readonly bool IsUsed(uint handle) => handle < Capacity && At(handle).IsUsed;

    /// <summary>Gives a handle back that stands for nothing any more.</summary>
    public void Give(uint handle)
    {
        At(handle) = new GrantMapping { Reference = FirstFree };
        FirstFree = handle;
        Count--;
    }
}
