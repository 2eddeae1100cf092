using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Images;
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
        if (frame % PageTableEntry.Count == 0)
            Processors.Breathe();
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

    /// <summary>Writes the tables of a layout: its frames mapped in their order, and the list of frames where it is to be; tells the root.</summary>
    public static bool TryMapAll(in KernelDescription kernel, in BootLayout layout, Table<ulong> machine, out Mfn root)
    {
        var tables = new BootTables(machine, layout.Tables, layout.TableCount, null);
        root = tables.Root;
        for (ulong frame = 0; frame < layout.MappedEnd; frame++)
        {
            bool isTable = frame >= layout.Tables && frame < layout.Tables + layout.TableCount;
            if (!tables.TryMap(unchecked(layout.VirtualBase + (frame << Mfn.Shift)), frame, !isTable))
                return false;
        }
        if (kernel.Notes.InitialP2m is not { } address)
            return true;
        var listTables = new BootTables(machine, layout.ListTables, layout.ListTableCount, root);
        for (ulong frame = 0; frame < layout.ListFrames; frame++)
        {
            if (!listTables.TryMap(address + (frame << Mfn.Shift), layout.List + frame, true))
                return false;
        }
        return true;
    }
}
