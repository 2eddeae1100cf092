using Serai.Hypervisor.Images;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>
/// Where everything lies in a new domain's pseudo-physical memory, in frames (ABI 01 §1.4). From frame 0 on, mapped at the kernel's VIRT_BASE:
/// the kernel, the initrd where the kernel cannot do without, the list of machine frames where no address is asked for, start_info, the xenstore
/// and console rings, page tables, stack, padding of at least 512 KiB up to a multiple of 4 MiB where the memory is enough for that. Behind,
/// unmapped: the initrd, and the list with its own tables.
/// </summary>
public struct BootLayout
{
    private const ulong Padding = 512 * 1024, Rounding = 4 * 1024 * 1024;
    private const ulong EntriesPerTable = 512;

    public ulong VirtualBase;
    public ulong StartInfo, Store, Console, Tables, TableCount, Stack, MappedEnd;
    public ulong Module, ModuleFrames;
    public ulong List, ListFrames, ListTables, ListTableCount;

    /// <summary>The first frame behind all that is used, and the frames that there are.</summary>
    public ulong End, Pages;

    /// <summary>
    /// Computes the layout; false where addresses would wrap round or leave a guest's part of the address space. Where it needs more than there is,
    /// the end says so.
    /// </summary>
    public static bool TryCompute(in KernelDescription kernel, ulong pages, ulong moduleBytes, bool hasConsole, out BootLayout layout)
        => TryCompute(kernel, pages, moduleBytes, hasConsole, Rounding, out layout)
            && (layout.End <= pages || TryCompute(kernel, pages, moduleBytes, hasConsole, Mfn.Size, out layout));

    private static bool TryCompute(
        in KernelDescription kernel, ulong pages, ulong moduleBytes, bool hasConsole, ulong rounding, out BootLayout layout)
    {
        layout = default;
        layout.Pages = pages;
        layout.VirtualBase = kernel.Notes.VirtualBase;
        layout.ModuleFrames = FramesOf(moduleBytes);
        layout.ListFrames = FramesOf(pages * 8);
        if (kernel.PhysicalEnd >= 1ul << 40 || layout.VirtualBase % Mfn.Size != 0)
            return false;
        ulong next = FramesOf(kernel.PhysicalEnd);
        if (!kernel.Notes.ModuleStartIsPfn)
            next = Place(next, layout.ModuleFrames, out layout.Module);
        if (kernel.Notes.InitialP2m is null)
            next = Place(next, layout.ListFrames, out layout.List);
        next = Place(next, 1, out layout.StartInfo);
        if (hasConsole)
            next = Place(Place(next, 1, out layout.Store), 1, out layout.Console);
        layout.PlaceTables(next, rounding);
        return layout.TryPlaceUnmapped(kernel) && IsGuestRange(layout.VirtualBase, layout.MappedEnd);
    }

    private bool TryPlaceUnmapped(in KernelDescription kernel)
    {
        ulong next = MappedEnd;
        if (kernel.Notes.ModuleStartIsPfn)
            next = Place(next, ModuleFrames, out Module);
        if (kernel.Notes.InitialP2m is { } address)
        {
            if (address % Mfn.Size != 0 || !IsGuestRange(address, ListFrames))
                return false;
            next = Place(next, ListFrames, out List);
            ListTableCount = TablesFor(address, ListFrames) - 1;
            next = Place(next, ListTableCount, out ListTables);
        }
        End = next;
        return true;
    }

    private static ulong FramesOf(ulong bytes) => (bytes + Mfn.Size - 1) >> Mfn.Shift;

    private static ulong Place(ulong next, ulong frames, out ulong place)
    {
        place = next;
        return next + frames;
    }

    private static bool IsGuestRange(ulong address, ulong frames)
    {
        ulong last = unchecked(address + (frames << Mfn.Shift) - 1);
        return last >= address && Layout.IsCanonical(address) && Layout.IsCanonical(last)
            && !Layout.IsHypervisor(address) && !Layout.IsHypervisor(last) && (address >> 47) == (last >> 47);
    }

    /// <summary>The tables map themselves too, so their number is found by trying until it is enough.</summary>
    private void PlaceTables(ulong next, ulong rounding)
    {
        Tables = next;
        for (TableCount = 4; ; TableCount++)
        {
            Stack = Tables + TableCount;
            ulong end = (Stack + 1 << Mfn.Shift) + Padding;
            MappedEnd = (end + rounding - 1) / rounding * rounding >> Mfn.Shift;
            if (TablesFor(VirtualBase, MappedEnd) <= TableCount)
                return;
        }
    }

    /// <summary>Tables of all four levels to map so many frames from an address on.</summary>
    private static ulong TablesFor(ulong address, ulong frames)
    {
        ulong count = 1;
        ulong first = (address & 0x0000_ffff_ffff_ffff) >> Mfn.Shift, last = first + frames - 1;
        for (int level = 1; level < 4; level++)
        {
            first /= EntriesPerTable;
            last /= EntriesPerTable;
            count += last - first + 1;
        }
        return count;
    }
}
