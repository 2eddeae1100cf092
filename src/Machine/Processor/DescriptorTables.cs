using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// GDT, TSS and IDT. Each processor has a window of 32 pages: pages 0 to 13 show its guest's GDT frames, page 14 the descriptors reserved by the
/// ABI (selectors 0xe000 on), pages 16 to 31 its guest's LDT; behind them lie its own stacks. The window's addresses never change, so a change of
/// guest is a change of entries.
/// </summary>
// unsafe: the hardware's tables are written by address.
public static unsafe class DescriptorTables
{
    private const ulong Present = 1ul << 47;
    private const ulong Ring3 = 3ul << 45;
    private const ulong LongCode = Present | (0x9aul & 0x1f) << 40 | 1ul << 53;
    private const ulong FlatData = Present | (0x92ul & 0x1f) << 40 | 0xful << 48 | 1ul << 54 | 1ul << 55 | 0xffff;
    private const ulong FlatCode32 = Present | (0x9aul & 0x1f) << 40 | 0xful << 48 | 1ul << 54 | 1ul << 55 | 0xffff;

    private const int ReservedPage = 14;
    private const ulong CodeSelector = 0xe008;
    private const ushort TaskSelector = 0xe040;
    private const ushort LocalSelector = 0xe050;
    private const uint StackWindow = 64, PagesToNextStack = 8, OwnStacks = 4;
    private const int TaskStateBytes = 128;

    [RuntimeImport("*", "X64LoadDescriptorTables"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Load(void* gdt, void* idt, ushort task);

    [RuntimeImport("*", "X64LoadLocalTable"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void LoadLocalTable(ushort selector);

    /// <summary>Frames of memory that <see cref="Initialise"/> needs for one processor: reserved descriptors, IDT, four stacks.</summary>
    public const uint Frames = 2 + 1 + 1 + 3 + 3;

    /// <summary>Makes and loads the tables of a processor whose window is mapped; `frames` are its own, zeroed and contiguous.</summary>
    public static void Initialise(ref ProcessorState processor, Mfn frames)
    {
        bool isSplit = SplitTables.AreOn;
        ulong* task = (ulong*)TaskState(processor);
        MakeOwnStacks((byte*)task, ref processor, frames.Plus(2));

        SetWindowPage(ref processor, ReservedPage, frames);
        ulong* reserved = (ulong*)(Layout.DirectMap + frames.Address);
        processor.ReservedDescriptors = (ulong)reserved;
        reserved[1] = LongCode;
        reserved[2] = FlatData;
        reserved[4] = FlatCode32 | Ring3;
        reserved[5] = FlatData | Ring3;
        reserved[6] = LongCode | Ring3;
        reserved[7] = Present | (0x92ul & 0x1f) << 40 | processor.Number;
        SystemDescriptor(reserved + 8, TaskStateInWindow(processor), 103, 9);

        ulong* idt = (ulong*)(Layout.DirectMap + frames.Plus(1).Address);
        ulong stubs = isSplit ? Symbols.SplitTrapStubs : Symbols.TrapStubs;
        for (uint vector = 0; vector < 256; vector++)
            Gate(idt + 2 * vector, stubs + 16 * vector, vector);
        if (isSplit)
        {
            SetWindowPage(ref processor, SplitTables.InterruptPage, frames.Plus(1));
            SetWindowPage(ref processor, SplitTables.TaskPage, processor.TaskPage);
        }

        byte* operands = stackalloc byte[32];
        Operand(operands, processor.DescriptorWindow, (ReservedPage + 1) * 4096 - 1);
        Operand(operands + 16, isSplit ? processor.DescriptorWindow + SplitTables.InterruptPage * 4096 : (ulong)idt, 4095);
        Load(operands, operands + 16, TaskSelector);
        LoadLocalTable(0);
    }

    /// <summary>Where the processor's task state is written.</summary>
    private static ulong TaskState(in ProcessorState processor)
        => SplitTables.AreOn ? Layout.DirectMap + processor.TaskPage.Address : Symbols.TaskStates + processor.Number * TaskStateBytes;

    /// <summary>Where the processor itself reads it, whichever table is loaded.</summary>
    private static ulong TaskStateInWindow(in ProcessorState processor)
        => SplitTables.AreOn ? processor.DescriptorWindow + SplitTables.TaskPage * 4096 : TaskState(processor);

    /// <summary>
    /// The stacks of #DB, NMI, #DF and #MC, behind the window's descriptors, with nothing mapped on either side of each. The first two need a few
    /// words (X64/OwnStacks.inc); the others hold all of a panic.
    /// </summary>
    private static void MakeOwnStacks(byte* task, ref ProcessorState processor, Mfn frames)
    {
        for (uint index = 0; index < OwnStacks; index++)
        {
            uint pages = index < 2 ? 1u : 3u, first = StackWindow + index * PagesToNextStack + 1;
            for (uint page = 0; page < pages; page++, frames = frames.Plus(1))
                SetWindowPage(ref processor, first + page, frames);
            ulong top = processor.DescriptorWindow + (first + pages) * 4096 - 16;
            *(ulong*)top = (ulong)Unsafe.AsPointer(ref processor);
            *(ulong*)(task + 36 + 8 * index) = top;
        }
        *(ushort*)(task + 102) = 104;
    }

    private static void Gate(ulong* gate, ulong address, uint vector)
    {
        ulong stack = vector switch { 1 => 1, 2 => 2, 8 => 3, 18 => 4, _ => 0 };
        ulong ring = vector is 3 or 4 or 0x80 ? Ring3 : 0;
        gate[0] = (address & 0xffff) | 0xe008ul << 16 | stack << 32 | 0xeul << 40 | ring | Present | (address >> 16 & 0xffff) << 48;
        gate[1] = address >> 32;
    }

    private static void SystemDescriptor(ulong* place, ulong address, ulong limit, ulong type)
    {
        place[0] = (limit & 0xffff) | (address & 0xffffff) << 16 | type << 40 | Present | (limit >> 16) << 48 | (address >> 24 & 0xff) << 56;
        place[1] = address >> 32;
    }

    private static void Operand(byte* place, ulong address, ushort limit)
    {
        *(ushort*)place = limit;
        *(ulong*)(place + 2) = address;
    }

    /// <summary>
    /// Has the next entry from ring 3 save its frame in a virtual CPU, which is a frame of memory, up to `frameEnd` bytes behind its start: by its
    /// address in the window, where tables are split.
    /// </summary>
    public static void SetEntryFrame<T>(ref ProcessorState processor, ref T vcpu, uint frameEnd) where T : unmanaged
    {
        ulong start = (ulong)Unsafe.AsPointer(ref vcpu);
        processor.Current = start;
        if (SplitTables.AreOn)
        {
            SetWindowPage(ref processor, SplitTables.VcpuPage, Mfn.Of(new(start - Layout.DirectMap)));
            start = processor.DescriptorWindow + SplitTables.VcpuPage * 4096;
        }
        *(ulong*)(TaskState(processor) + 4) = start + frameEnd;
    }

    /// <summary>Shows a frame at a page of the window, read and write for the hypervisor only.</summary>
    public static void SetWindowPage(ref ProcessorState processor, uint page, Mfn frame)
    {
        DirectMap.At<ulong>(processor.DescriptorTable.Address + page * 8) = frame.Address | 0x8000_0000_0000_0063;
        Tlb.FlushPage(new(processor.DescriptorWindow + page * 4096));
    }

    /// <summary>Shows nothing at a page of the window.</summary>
    public static void ClearWindowPage(ref ProcessorState processor, uint page)
    {
        DirectMap.At<ulong>(processor.DescriptorTable.Address + page * 8) = 0;
        Tlb.FlushPage(new(processor.DescriptorWindow + page * 4096));
    }

    /// <summary>Loads LDTR for an LDT of so many entries in the window (0 for none).</summary>
    public static void SetLocalTable(ref ProcessorState processor, uint entries)
    {
        if (entries == 0)
        {
            LoadLocalTable(0);
            return;
        }
        SystemDescriptor((ulong*)processor.ReservedDescriptors + 10, processor.DescriptorWindow + 16 * 4096, entries * 8 - 1, 2);
        LoadLocalTable(LocalSelector);
    }

    /// <summary>Points the processor's `syscall` entries at its stub.</summary>
    public static void SetSystemCall(ref ProcessorState processor)
    {
        const ulong masked = 0x5_7700;
        ulong stub = Symbols.SyscallStubs + processor.Number * 64;
        Instructions.WriteMsr(0xc000_0081, 0xe023ul << 48 | 0xe008ul << 32);
        Instructions.WriteMsr(0xc000_0082, SplitTables.AreOn ? Symbols.SplitSyscall : stub);
        Instructions.WriteMsr(0xc000_0083, SplitTables.AreOn ? Symbols.SplitCompatibilitySyscall : stub + 32);
        Instructions.WriteMsr(0xc000_0084, masked);
    }

    /// <summary>
    /// Points `sysenter` at its stub, with a stack pointer at the processor's RSP0; where it is no way in, whatever firmware left there is taken away
    /// (a null code selector makes it #GP, SDM vol. 2). Some processors lack the registers.
    /// </summary>
    public static void SetSysenter(ref ProcessorState processor, bool isWayIn)
    {
        Instructions.WriteMsr(0x174, isWayIn ? CodeSelector : 0);
        ulong entry = SplitTables.AreOn ? Symbols.SplitSysenter : Symbols.SysenterEntry;
        Instructions.WriteMsr(0x175, isWayIn ? TaskStateInWindow(processor) + 4 : 0);
        Instructions.WriteMsr(0x176, isWayIn ? entry : 0);
    }
}
