using Serai.Machine.Processor;

namespace Serai.Machine.Memory;

/// <summary>
/// The hypervisor's part of the tables that are loaded while guests run, where tables are split (docs/book/traps.md): two top-level tables a
/// processor, one for its guest's kernel and one for its applications. Of the hypervisor they map the code of X64/Split.S, the page that tells of a
/// panic, the processor's own window, its task state, the machine-to-physical table, which guests may read, and, the kernel's only, the page
/// of the guest's VcpuInfo. All else of them is the guest's, copied from the tables that it names.
/// </summary>
public static class SplitTables
{
    private const ulong TableEntry = 0x63, Code = 0x21, ReadOnly = 0x8000_0000_0000_0021, ReadWrite = 0x8000_0000_0000_0063;
    private const uint TablesOfRoot = 5;

    /// <summary>The pages of a processor's window that show its IDT, its task state, and the VirtualCpu that it holds.</summary>
    public const uint InterruptPage = 32, TaskPage = 33, VcpuPage = 34;

    /// <summary>Frames that a processor needs: its task state, and two roots with the tables below them.</summary>
    public const uint Frames = 1 + 2 * (1 + TablesOfRoot);

    /// <summary>Whether tables are split: for all processors and domains, decided before there are any.</summary>
    public static ref bool AreOn => ref PerMachine<State>.Now.AreOn;

    private struct State
    {
        public bool AreOn;
    }

    /// <summary>Makes a processor's tables, whose window is mapped, of frames that are zeroed and contiguous.</summary>
    public static void Prepare(ref ProcessorState processor, Mfn frames)
    {
        processor.TaskPage = frames;
        processor.KernelTable = frames.Plus(1);
        processor.UserTable = frames.Plus(2 + TablesOfRoot);
        Make(processor, processor.KernelTable);
        Make(processor, processor.UserTable);
        processor.InfoEntry = Layout.DirectMap + PlaceOf(processor.KernelTable, Symbols.EntryInfo);
    }

    /// <summary>Writes the hypervisor's slots of a top-level table, with the frames behind it for the tables below.</summary>
    private static void Make(in ProcessorState processor, Mfn table)
    {
        Mfn next = table.Plus(1);
        ulong end = next.Value + TablesOfRoot;
        int first = Layout.FirstSlot;
        DirectMap.Table(table)[first] = DirectMap.Table(HypervisorTables.Root)[first];
        Entry(table, processor.DescriptorWindow, 2, ref next, end) = processor.DescriptorTable.Address | TableEntry;
        for (ulong page = Symbols.EntryStart; page < Symbols.EntryEnd; page += Mfn.Size)
            Entry(table, page, 1, ref next, end) = HypervisorTables.PhysicalOf(page) | Code;
        Entry(table, Symbols.PanickingProcessor, 1, ref next, end) = HypervisorTables.PhysicalOf(Symbols.PanickingProcessor) | ReadOnly;
        Entry(table, Symbols.EntryPage, 1, ref next, end) = processor.TaskPage.Address | ReadWrite;
    }

    private static ref ulong Entry(Mfn root, ulong address, int level, ref Mfn next, ulong end)
        => ref HypervisorTables.Entry(root, address, level, TableEntry, ref next, end);

    /// <summary>The physical address of the L1 entry for an address whose tables are there.</summary>
    private static ulong PlaceOf(Mfn root, ulong address)
    {
        Mfn none = default;
        return DirectMap.AddressOf(ref Entry(root, address, 1, ref none, end: none.Value));
    }
}
