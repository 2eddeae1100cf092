using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>How event tables get their pages, and give them back.</summary>
public static class EventPages
{
    /// <summary>Adds the page of a port, and the directory where it is the first; false where memory runs out.</summary>
    public static bool TryAddPage(this ref EventTable table, uint port)
    {
        if (!TryAddDirectory(ref table) || !TryTakeFrame(ref table, out Mfn frame))
            return false;
        table.Directory.Value.Frames[(int)(port / EventTable.PortsPerPage)] = (uint)frame.Value;
        return true;
    }

    private static bool TryAddDirectory(ref EventTable table)
    {
        if (!table.Directory.IsNull)
            return true;
        if (!TryTakeFrame(ref table, out Mfn frame))
            return false;
        table.Directory = DirectMap.LinkTo<EventDirectory>(frame.Address);
        return true;
    }

    private static bool TryTakeFrame(ref EventTable table, out Mfn frame)
    {
        if (!FrameAllocator.TryTake(0, out frame))
            return false;
        DirectMap.Frame(frame).Clear();
        Preemption.Charge(Cost.RecordFrame);
        table.FrameCount++;
        return true;
    }

    private static void FreeFrame(ref EventTable table, Mfn frame)
    {
        FrameAllocator.Free(frame, 0);
        Preemption.Charge(Cost.RecordFrameBack);
        table.FrameCount--;
    }

    /// <summary>Gives back all pages without an open end, and the directory where none is left and the guest's words need none.</summary>
    public static void FreePages(this ref EventTable table)
    {
        if (table.Directory.IsNull)
            return;
        Preemption.Charge(Cost.PortPage, EventDirectory.PageCount);
        bool needed = table.WordPages > EventTable.OwnWordPages;
        for (int page = 0; page < (int)EventDirectory.PageCount; page++)
        {
            ref uint frame = ref table.Directory.Value.Frames[page];
            if (frame != 0 && table.Directory.Value.Open[page] == 0)
            {
                FreeFrame(ref table, new Mfn(frame));
                frame = 0;
            }
            needed |= frame != 0;
        }
        if (needed)
            return;
        FreeFrame(ref table, Mfn.Of(DirectMap.AddressOf(ref table.Directory.Value)));
        table.Directory = default;
    }

    /// <summary>Adds a page of event words; false where memory runs out.</summary>
    public static bool TryAddWords(this ref EventTable table, Mfn frame)
    {
        var page = DirectMap.LinkTo<EventWordPage>(frame.Address);
        if (table.WordPages < EventTable.OwnWordPages)
            table.Words[(int)table.WordPages] = page;
        else if (TryAddDirectory(ref table))
            table.Directory.Value.Words[(int)table.WordPages] = page;
        else
            return false;
        table.WordPages++;
        return true;
    }

    /// <summary>Takes the last page of event words out again; false where there is none.</summary>
    public static bool TryRemoveWords(this ref EventTable table, out Mfn frame)
    {
        frame = default;
        if (table.WordPages == 0)
            return false;
        frame = table.WordFrame(--table.WordPages);
        return true;
    }
}
