using Serai.Hypervisor.Frames;
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

    /// <summary>Lets go of all shared frames of a dying domain: from then on nobody gets anything by its grants.</summary>
    public static void GiveShared(this ref GrantTable table)
    {
        while (table.FrameCount > 0)
            SharedFrames.Give(table[--table.FrameCount]);
    }

    /// <summary>Gives back the records of a domain of which nobody uses a grant any more, and which uses none itself.</summary>
    public static void GiveRecords(this ref GrantTable table)
    {
        table.ActivePages.GiveAll();
        table.Mappings.GiveAll();
    }
}
