using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>How grant tables get their frames, and give them back.</summary>
public static class GrantFrames
{
    /// <summary>Makes frames until there are so many, at most <see cref="GrantTable.MaximumFrames"/>; false where memory runs out.</summary>
    public static bool TryGrow(this ref GrantTable table, ref Domain domain, int count)
    {
        while (table.FrameCount < count)
        {
            while (table.ActivePages.FrameCount < (uint)(table.FrameCount + 1) * GrantTable.ActiveFramesPerFrame)
            {
                if (!table.ActivePages.TryAdd())
                    return false;
            }
            if (!SharedFrames.TryMake(ref domain, out Mfn frame))
                return false;
            table.Shared[table.FrameCount++] = DirectMap.LinkTo<GrantTable.EntryPage>(frame.Address);
        }
        return true;
    }

    /// <summary>Lets go of the shared frames of a dying domain: nobody gets anything by its grants any more; true when none is left.</summary>
    public static bool TryReleaseShared(ref Domain domain)
    {
        ref GrantTable table = ref domain.Grants;
        for (; table.FrameCount > 0; SharedFrames.Release(ref domain, table[--table.FrameCount]))
        {
            if (Preemption.IsDue)
                return false;
            Preemption.Charge(Cost.FrameBack);
        }
        return true;
    }

    /// <summary>Gives back the records of a domain of which nobody uses a grant any more, and which uses none; true when none is left.</summary>
    public static bool TryReleaseRecords(ref Domain domain)
        => domain.Grants.ActivePages.TryGiveAll() && domain.Grants.Maptrack.Frames.TryGiveAll();
}
