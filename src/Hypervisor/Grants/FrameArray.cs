using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

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

    private Link<PageDirectory> directory;

    /// <summary>Pages there are.</summary>
    public uint FrameCount { get; private set; }

    /// <summary>All frames that it takes up.</summary>
    public readonly uint HeldFrames => directory.IsNull ? 0 : FrameCount + 1;

    [InlineArray((int)MaximumFrames)]
    private struct PageDirectory
    {
        private Link<TPage> element;
    }

    /// <summary>A page; the caller knows that it is there.</summary>
    public readonly ref TPage this[uint page]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref directory.Value[unchecked((int)(page % MaximumFrames))].Value;
    }

    /// <summary>Adds a page; false where there are too many, or memory runs out.</summary>
    public bool TryAdd()
    {
        if (FrameCount == MaximumFrames || (directory.IsNull && !TryTakeCleared(out directory)) || !TryTakeCleared(out Link<TPage> page))
            return false;
        directory.Value[(int)FrameCount++] = page;
        return true;
    }

    private static bool TryTakeCleared<T>(out Link<T> place)
        where T : unmanaged
    {
        place = default;
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return false;
        DirectMap.Table(frame).Clear();
        Preemption.Charge(Cost.RecordFrame);
        place = DirectMap.LinkTo<T>(frame.Address);
        return true;
    }

    /// <summary>Gives all frames back.</summary>
    public void GiveAll()
    {
        while (FrameCount > 0)
            Free(ref this[--FrameCount]);
        if (!directory.IsNull)
            Free(ref directory.Value);
        directory = default;
    }

    private static void Free<T>(ref T place)
        where T : unmanaged
    {
        FrameAllocator.Free(Mfn.Of(DirectMap.PhysicalAddress(ref place)), 0);
        Preemption.Charge(Cost.RecordFrameBack);
    }
}
