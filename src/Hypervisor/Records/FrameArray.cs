using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// An array that grows by pages of the hypervisor's own memory, each a frame of elements, which one more frame names. New elements are zero. It is
/// nobody's but the hypervisor's: no guest can map these frames.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FrameArray<TPage>
    where TPage : unmanaged
{
    /// <summary>The most pages.</summary>
    public const uint MaximumFrames = Mfn.Size / sizeof(ulong);

    internal Link<PageDirectory> Directory;

    /// <summary>Pages there are.</summary>
    public uint FrameCount { get; internal set; }

    /// <summary>All frames that it takes up.</summary>
    public readonly uint HeldFrames => Directory.IsNull ? 0 : FrameCount + 1;

    [InlineArray((int)MaximumFrames)]
    internal struct PageDirectory
    {
        private Link<TPage> element;
    }

    /// <summary>A page; the caller knows that it is there.</summary>
    public readonly ref TPage this[uint page]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Directory.Value[unchecked((int)(page % MaximumFrames))].Value;
    }
}
