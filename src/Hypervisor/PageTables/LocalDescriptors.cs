using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// A guest's LDT: pages of its own that are shown to the processor one by one as they are used, each holding a typed reference while it is shown.
/// </summary>
public static class LocalDescriptors
{
    private const ulong WindowOffset = 16 * Mfn.Size;

    /// <summary>The bit of a selector that names the LDT (SDM vol. 3, 3.4.2).</summary>
    public const uint LocalBit = 4;

    /// <summary>The most entries of an LDT.</summary>
    public const uint MaximumEntries = 8192;

    /// <summary>
    /// MMUEXT_SET_LDT: a page-aligned address and up to 8192 entries, of which the call's record holds 32 bits; without entries the address does not
    /// matter. Errors: Inval.
    /// </summary>
    public static Errno Set(ref VirtualCpu vcpu, GuestAddress address, ulong entries)
    {
        entries &= uint.MaxValue;
        if (entries == 0)
            address = default;
        if (entries > MaximumEntries || (address.Value & (Mfn.Size - 1)) != 0 || !Layout.IsCanonical(address.Value)
            || Layout.IsHypervisor(address.Value))
            return Errno.Inval;
        if (vcpu.Descriptors.LocalEntries == entries && vcpu.Descriptors.LocalBase.Value == address.Value)
            return Errno.None;
        Preemption.Charge(Cost.LocalTable);
        PutAll(ref vcpu);
        vcpu.Descriptors.LocalEntries = (uint)entries;
        vcpu.Descriptors.LocalBase = address;
        GuestDescriptors.Show(ref vcpu.Processor.Value, ref vcpu);
        return Errno.None;
    }

    /// <summary>Lets go of all pages of the LDT that are shown; the processor's window is brought up to date by the caller.</summary>
    public static void PutAll(ref VirtualCpu vcpu)
    {
        uint present = vcpu.Descriptors.LocalPresent;
        vcpu.Descriptors.LocalPresent = 0;
        vcpu.Descriptors.LocalEntries = 0;
        if (present == 0)
            return;
        if (!vcpu.Processor.IsNull && LoadedVcpus.All[vcpu.Processor.Value.Number].Same(ref vcpu))
            GuestDescriptors.Show(ref vcpu.Processor.Value, ref vcpu);
        for (int page = 0; present >> page != 0; page++)
        {
            if ((present >> page & 1) != 0)
                TypedReferences.Put(new Mfn(vcpu.Descriptors.LocalFrames[page]));
        }
    }

    /// <summary>Which selector the processor was reading for when it faulted in the window: false for addresses elsewhere.</summary>
    public static bool TryFindSelector(ref VirtualCpu vcpu, ulong address, out uint selector)
    {
        const ulong windowBytes = 2 * WindowOffset, descriptorMask = WindowOffset - 8;
        ulong offset = unchecked(address - vcpu.Processor.Value.DescriptorWindow);
        selector = (uint)(offset & descriptorMask) | (offset < WindowOffset ? 0 : LocalBit);
        return offset < windowBytes;
    }

    /// <summary>Shows a virtual CPU that is being loaded the pages of its LDT that its data selectors lie in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ShowSelected(ref VirtualCpu vcpu)
    {
        ref readonly SegmentState segments = ref vcpu.Segments;
        if (((segments.Ds | segments.Es | segments.Fs | segments.Gs) & LocalBit) != 0)
            ShowEach(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShowEach(ref VirtualCpu vcpu)
    {
        ref readonly SegmentState segments = ref vcpu.Segments;
        ShowSelected(ref vcpu, segments.Ds);
        ShowSelected(ref vcpu, segments.Es);
        ShowSelected(ref vcpu, segments.Fs);
        ShowSelected(ref vcpu, segments.Gs);
    }

    /// <summary>Shows the page of the LDT that a selector lies in, if it is one of the LDT's.</summary>
    public static void ShowSelected(ref VirtualCpu vcpu, ushort selector)
    {
        const uint descriptorMask = 0xfff8;
        if ((selector & LocalBit) != 0)
            TryShowFor(ref vcpu, vcpu.Processor.Value.DescriptorWindow + WindowOffset + (selector & descriptorMask));
    }

    /// <summary>
    /// A fault in the window: if it is on a page of the LDT that the guest does have, shows it and returns true. The page must be mapped in its
    /// kernel's tables and fit to be descriptors.
    /// </summary>
    public static bool TryShowFor(ref VirtualCpu vcpu, ulong address)
    {
        ulong window = vcpu.Processor.Value.DescriptorWindow + WindowOffset;
        if (address < window || address - window >= vcpu.Descriptors.LocalEntries * 8ul)
            return false;
        int page = (int)((address - window) / Mfn.Size);
        EntryPlace place = Level1Entries.Find(vcpu.KernelRoot, vcpu.Descriptors.LocalBase + (ulong)page * Mfn.Size);
        if ((vcpu.Descriptors.LocalPresent >> page & 1) != 0 || place.IsNowhere)
            return false;
        ulong entry = place.Slot;
        Mfn frame = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.Present) == 0 || !FrameTable.Exists(frame)
            || TypedReferences.Get(frame, FrameType.Descriptors, vcpu.Domain.Id, ref vcpu.Domain) != Errno.None)
            return false;
        vcpu.Descriptors.LocalFrames[page] = (uint)frame.Value;
        vcpu.Descriptors.LocalPresent = (ushort)(vcpu.Descriptors.LocalPresent | 1u << page);
        GuestDescriptors.Show(ref vcpu.Processor.Value, ref vcpu);
        return true;
    }
}
