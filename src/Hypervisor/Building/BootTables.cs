using Serai.Hypervisor.PageTables;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>Writes a new domain's first page tables into frames of its own, before anything is validated or runs.</summary>
public ref struct BootTables
{
    private const ulong TableFlags = PageTableEntry.Present | PageTableEntry.Writable | PageTableEntry.User | PageTableEntry.Accessed
        | PageTableEntry.Dirty;
    private const ulong PageFlags = PageTableEntry.Present | PageTableEntry.Accessed;

    private readonly Table<ulong> machine;
    private readonly Mfn root;
    private ulong next;
    private readonly ulong end;

    /// <summary>
    /// Tables are taken from frames [first, first + count) of the domain, whose machine frames `machine` tells; the root is given or the first.
    /// </summary>
    public BootTables(Table<ulong> machine, ulong first, ulong count, Mfn? root)
    {
        this.machine = machine;
        next = first;
        end = first + count;
        this.root = root ?? new Mfn(machine[next++]);
    }

    /// <summary>The top-level table.</summary>
    public readonly Mfn Root => root;

    /// <summary>Maps one frame of the domain; false where the frames for tables are used up.</summary>
    public bool TryMap(ulong address, ulong frame, bool writable)
    {
        Mfn table = root;
        for (int level = 4; level > 1; level--)
        {
            ref ulong entry = ref DirectMap.Table(table)[PageTableEntry.Index(address, level)];
            if ((entry & PageTableEntry.Present) == 0)
            {
                if (next == end)
                    return false;
                entry = new Mfn(machine[next++]).Address | TableFlags;
            }
            table = PageTableEntry.FrameOf(entry);
        }
        DirectMap.Table(table)[PageTableEntry.Index(address, 1)]
            = new Mfn(machine[frame]).Address | PageFlags | (writable ? PageTableEntry.Writable : 0);
        return true;
    }
}
