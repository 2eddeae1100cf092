using System.Runtime.CompilerServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Descriptors;

/// <summary>A virtual CPU's GDT and LDT in its processor's window.</summary>
public static class GuestDescriptors
{
    private const uint LocalWindow = 16;

    /// <summary>Descriptors in a page.</summary>
    internal const uint EntriesPerPage = 512;

    /// <summary>Pages that so many descriptors take.</summary>
    public static uint PagesOf(uint entries) => (entries + EntriesPerPage - 1) / EntriesPerPage;

    /// <summary>Shows a virtual CPU's tables in place of those of the one before. Selectors are loaded after this.</summary>
    public static void Show(ref ProcessorState processor, ref VirtualCpu vcpu)
    {
        if ((vcpu.Descriptors.GlobalEntries | processor.GlobalPages) != 0)
            ShowGlobal(ref processor, ref vcpu);
        if ((vcpu.Descriptors.LocalPresent | processor.LocalPages | vcpu.Descriptors.LocalEntries) != 0 || processor.HasLocalTable)
            ShowLocal(ref processor, ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShowGlobal(ref ProcessorState processor, ref VirtualCpu vcpu)
    {
        uint pages = PagesOf(vcpu.Descriptors.GlobalEntries);
        for (uint page = 0; page < pages; page++)
            DescriptorTables.SetWindowPage(ref processor, page, new Mfn(vcpu.Descriptors.GlobalFrames[(int)page]));
        for (uint page = pages; page < processor.GlobalPages; page++)
            DescriptorTables.ClearWindowPage(ref processor, page);
        processor.GlobalPages = pages;
    }

    /// <summary>Shows the pages of the LDT that have been asked for, and nothing of the one before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShowLocal(ref ProcessorState processor, ref VirtualCpu vcpu)
    {
        uint shown = vcpu.Descriptors.LocalPresent | processor.LocalPages;
        for (uint page = 0; shown >> (int)page != 0; page++)
        {
            if ((vcpu.Descriptors.LocalPresent >> (int)page & 1) != 0)
                DescriptorTables.SetWindowPage(ref processor, LocalWindow + page, new Mfn(vcpu.Descriptors.LocalFrames[(int)page]));
            else if ((processor.LocalPages >> (int)page & 1) != 0)
                DescriptorTables.ClearWindowPage(ref processor, LocalWindow + page);
        }
        if (vcpu.Descriptors.LocalEntries != 0 || processor.HasLocalTable)
            DescriptorTables.SetLocalTable(ref processor, vcpu.Descriptors.LocalEntries);
        processor.HasLocalTable = vcpu.Descriptors.LocalEntries != 0;
        processor.LocalPages = vcpu.Descriptors.LocalPresent;
    }

    /// <summary>Takes out of a window what it shows. Whose tables they are keeps them, and their references.</summary>
    public static void Hide(ref ProcessorState processor)
    {
        for (uint page = 0; page < processor.GlobalPages; page++)
            DescriptorTables.ClearWindowPage(ref processor, page);
        processor.GlobalPages = 0;
        for (uint page = 0; processor.LocalPages >> (int)page != 0; page++)
            DescriptorTables.ClearWindowPage(ref processor, LocalWindow + page);
        processor.LocalPages = 0;
        DescriptorTables.SetLocalTable(ref processor, 0);
        processor.HasLocalTable = false;
    }
}
