using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>How arrays of records get their frames, and give them back.</summary>
public static class FrameArrays
{
    /// <summary>Adds a page; false where there are too many, or memory runs out.</summary>
    public static bool TryAdd<TPage>(this ref FrameArray<TPage> array)
        where TPage : unmanaged
    {
        if (array.FrameCount == FrameArray<TPage>.MaximumFrames || (array.Directory.IsNull && !TryTakeCleared(out array.Directory))
            || !TryTakeCleared(out Link<TPage> page))
            return false;
        array.Directory.Value[(int)array.FrameCount++] = page;
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

    /// <summary>Gives all frames back; true when none is left.</summary>
    public static bool TryGiveAll<TPage>(this ref FrameArray<TPage> array)
        where TPage : unmanaged
    {
        for (; array.FrameCount > 0; Free(ref array[--array.FrameCount]))
        {
            if (Preemption.IsDue)
                return false;
        }
        if (!array.Directory.IsNull)
            Free(ref array.Directory.Value);
        array.Directory = default;
        return true;
    }

    private static void Free<T>(ref T place)
        where T : unmanaged
    {
        FrameAllocator.Free(Mfn.Of(DirectMap.AddressOf(ref place)), 0);
        Preemption.Charge(Cost.RecordFrameBack);
    }
}
