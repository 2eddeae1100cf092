using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The window on the guest's descriptor tables: its real L1 table in the arena, and the entries of LDTR.</summary>
public static class DescriptorTables
{
    internal sealed class State
    {
        public uint LocalEntries;
    }

    private const ulong Mapping = 0x8000_0000_0000_0063;

    /// <summary>Frames of memory that a processor's own tables need.</summary>
    public const uint Frames = 10;

    /// <summary>Entries of the LDT that is loaded.</summary>
    public static ref uint LocalEntries => ref SimulatedMachine.Present.DescriptorTables.LocalEntries;

    /// <summary>Has the next entry from ring 3 save its frame in a virtual CPU.</summary>
    public static void SetEntryFrame<T>(ref ProcessorState processor, ref T vcpu, uint frameEnd) where T : unmanaged
    {
        processor.Current = DirectMap.AddressOf(ref vcpu);
        Journal.Write(Act.SetEntryFrame, processor.Current);
    }

    /// <summary>Shows a frame at a page (0 to 31) of the window.</summary>
    public static void SetWindowPage(ref ProcessorState processor, uint page, Mfn frame)
    {
        DirectMap.At<ulong>(processor.DescriptorTable.Address + page * 8) = frame.Address | Mapping;
        Tlb.FlushPage(new(processor.DescriptorWindow + page * 4096));
        Journal.Write(Act.ShowDescriptors, page);
    }

    /// <summary>Shows nothing at a page of the window.</summary>
    public static void ClearWindowPage(ref ProcessorState processor, uint page)
    {
        DirectMap.At<ulong>(processor.DescriptorTable.Address + page * 8) = 0;
        Tlb.FlushPage(new(processor.DescriptorWindow + page * 4096));
        Journal.Write(Act.HideDescriptors, page);
    }

    /// <summary>Loads LDTR for an LDT of so many entries in the window (0 for none).</summary>
    public static void SetLocalTable(ref ProcessorState processor, uint entries)
    {
        LocalEntries = entries;
        Journal.Write(Act.LoadLocalTable, entries);
    }

    /// <summary>The frame that a page of the window shows, or null.</summary>
    public static Mfn? Shown(in ProcessorState processor, uint page)
    {
        ulong entry = DirectMap.At<ulong>(processor.DescriptorTable.Address + page * 8);
        return (entry & 1) == 0 ? null : Mfn.Of(new(entry & 0x000f_ffff_ffff_f000));
    }
}
