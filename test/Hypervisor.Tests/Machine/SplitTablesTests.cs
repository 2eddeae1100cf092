using System.Collections.Generic;
using System.Linq;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>What of the hypervisor is mapped in the tables that are loaded while guests run, where tables are split: found by a walk.</summary>
public sealed class SplitTablesTests
{
    private const ulong Frame = PageTableEntry.FrameMask, Large = 128;

    /// <summary>The image as the simulation has it: two pages of entry code, the page that tells of a panic, and two behind the image.</summary>
    private const ulong Image = 0xffff_82c0_0000_0000, EntryCode = Image + 0x2000, Panicking = Image + 0x5000, EntryPage = Image + 0x6000;

    private static IEnumerable<(ulong Address, ulong Entry)> Pages(Mfn table, int level, ulong from)
    {
        for (int index = 0; index < 512; index++)
        {
            if (level == 4 && index is < Layout.FirstSlot or >= Layout.FirstSlot + Layout.SlotCount)
                continue;
            ulong entry = Arena.Words(table)[index], address = from + ((ulong)index << (level * 9 + 3));
            if ((entry & PageTableEntry.Present) == 0)
                continue;
            if (level == 1 || (entry & Large) != 0)
                yield return (address, entry);
            else
            {
                foreach ((ulong, ulong) page in Pages(Mfn.Of(new(entry & Frame)), level - 1, address))
                    yield return page;
            }
        }
    }

    private static (ulong Address, ulong Entry)[] PagesOf(Mfn table)
        => [.. Pages(table, 4, 0xffff_0000_0000_0000).Where(page => page.Address >= Layout.MachineToPhysicalEnd)];

    [Fact]
    public void AProcessorsTablesMapItsOwnPlaceAndNothingElse()
    {
        TestMachine.Start(arguments: "xpti=on", load: FirmwareTables.Processors(3));
        for (ulong number = 0; number < Processors.All.Length; number++)
        {
            ref ProcessorState processor = ref Processors.All[number].Value;
            ulong[] fixedPlaces = [EntryCode, EntryCode + 0x1000, Panicking, EntryPage];
            foreach (Mfn table in (Mfn[])[processor.KernelTable, processor.UserTable])
            {
                (ulong Address, ulong Entry)[] pages = PagesOf(table);
                ulong window = processor.DescriptorWindow;
                Assert.Equal(fixedPlaces, pages.Select(page => page.Address).Where(address => address - window >= Layout.DescriptorWindow));
                Assert.All(pages, page => Assert.Equal(0ul, page.Entry & PageTableEntry.User));
                (ulong _, ulong own) = pages.Single(page => page.Address == EntryPage);
                Assert.Equal(processor.TaskPage.Address, own & Frame);
                Assert.All(pages.Where(page => page.Address is >= EntryCode and <= Panicking),
                    page => Assert.Equal(0ul, page.Entry & PageTableEntry.Writable));
            }
        }
    }

    [Fact]
    public void GuestsReadTheMachineToPhysicalTable()
    {
        TestMachine.Start(arguments: "xpti=on");
        Assert.NotEqual(0ul, Arena.Words(HypervisorTables.Root)[Layout.FirstSlot]);
        Assert.Equal(Arena.Words(HypervisorTables.Root)[Layout.FirstSlot], Arena.Words(TestMachine.Processor.UserTable)[Layout.FirstSlot]);
    }

    [Fact]
    public void WithoutTheOptionNothingIsSplit()
    {
        TestMachine.Start();
        Assert.False(SplitTables.AreOn);
        Assert.Equal(0ul, TestMachine.Processor.KernelTable.Value);
    }

    [Fact]
    public void AProcessorThatLeaksHasThemSplit()
    {
        static ulong Leak(ulong place)
        {
            Speculation.Leaks = Leaks.Mapped;
            return place;
        }
        TestMachine.Start(load: Leak);
        Assert.True(SplitTables.AreOn);
        TestMachine.Start(arguments: "xpti=off", load: Leak);
        Assert.False(SplitTables.AreOn);
    }
}
