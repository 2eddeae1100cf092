using System;

using Serai.Machine.Processor;

namespace Serai.Machine.Memory;

/// <summary>
/// The hypervisor's own top-level table: Head.S makes it with the image and the first 4 GiB of the direct map, this adds the rest at boot.
/// Every guest's top-level table carries its slots 256 to 271, which never change after boot; only the tables below them do.
/// </summary>
public static class HypervisorTables
{
    private const ulong TableEntry = 0x63;
    private const ulong SmallPage = 0x8000_0000_0000_0063;
    private const ulong LargePage = 0x8000_0000_0000_00e3;
    private const ulong UserTable = 0x67;
    private const ulong UserReadOnly = 0x8000_0000_0000_00a5;
    private const ulong PageSize = 0x80;
    private const ulong Uncached = 0x18;
    private const ulong FrameMask = 0x000f_ffff_ffff_f000;
    private const ulong LargeBytes = 1ul << 21;

    private struct State
    {
        public Mfn Root, NextFrame;
        public ulong FramesEnd, DeviceCount;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>The hypervisor's own table, which maps no guest.</summary>
    public static Mfn Root => Now.Root;

    /// <summary>Takes over the boot's table; frames for further tables come from the `count` given ones, one after another, zeroed by this.</summary>
    public static void Initialise(Mfn frames, ulong count)
    {
        Now.FramesEnd = frames.Value + count;
        Now.Root = Mfn.Of(new(PhysicalOf(Symbols.BootRoot)));
        Now.NextFrame = frames;
    }

    /// <summary>The physical address at which the image lies (Hypervisor.lds).</summary>
    public const ulong PhysicalImage = 0x20_0000;

    /// <summary>The physical address of a byte of the image.</summary>
    public static ulong PhysicalOf(ulong address) => address - Symbols.ImageStart + PhysicalImage;

    private static Mfn TakeFrame(ref Mfn next, ulong end)
    {
        if (next.Value == end)
            Failure.NoBootMemory(Mfn.Size);
        Mfn frame = next;
        next = frame.Plus(1);
        DirectMap.Table(frame).Clear();
        return frame;
    }

    /// <summary>Frames of tables that <see cref="MapMemory"/> and the rest need for RAM up to `limit`, generously.</summary>
    public static ulong FramesNeeded(ulong limit) => (limit >> 30) + (limit >> 30) / 256 + 96 + ProcessorState.Maximum;

    /// <summary>Maps RAM from 4 GiB up to `limit` into the direct map, by pages of 2 MiB.</summary>
    public static void MapMemory(ulong limit)
    {
        for (ulong address = 1ul << 32; address < limit; address += LargeBytes)
            Entry(Layout.DirectMap + address, 2, TableEntry) = address | LargePage;
        DirectMap.Extend(limit > 1ul << 32 ? limit : 1ul << 32);
    }

    /// <summary>
    /// Shows [physicalAddress, + bytes), both multiples of 2 MiB, to guests as the machine-to-physical table, read-only. Where it ends below the
    /// numbers of 4 GiB one frame of invalid numbers is shown as all the others: a guest may ask for the frame of a device.
    /// </summary>
    public static void MapMachineToPhysical(ulong physicalAddress, ulong bytes)
    {
        const ulong below4Gigabytes = (1ul << 20) * 8;
        for (ulong offset = 0; offset < bytes; offset += LargeBytes)
            Entry(Layout.MachineToPhysical + offset, 2, UserTable) = (physicalAddress + offset) | UserReadOnly;
        if (bytes >= below4Gigabytes)
            return;
        Mfn invalid = TakeFrame(ref Now.NextFrame, Now.FramesEnd), table = TakeFrame(ref Now.NextFrame, Now.FramesEnd);
        DirectMap.Table(invalid).Fill(ulong.MaxValue);
        DirectMap.Table(table).Fill(invalid.Address | (UserReadOnly & ~PageSize));
        for (ulong offset = bytes; offset < below4Gigabytes; offset += LargeBytes)
            Entry(Layout.MachineToPhysical + offset, 2, UserTable) = table.Address | UserTable;
    }

    /// <summary>Makes a processor's descriptor window; its table of level 1 is returned.</summary>
    public static Mfn MapDescriptorWindow(ulong window)
    {
        Entry(window, 1, TableEntry) = 0;
        return Mfn.Of(new(Entry(window, 2, TableEntry) & FrameMask));
    }

    /// <summary>Maps one frame of device registers, uncached, and returns its address.</summary>
    public static ulong MapDevice(ulong physicalAddress)
    {
        ulong address = Layout.Devices + Now.DeviceCount++ * Mfn.Size;
        Entry(address, 1, TableEntry) = (physicalAddress & FrameMask) | SmallPage | Uncached;
        return address + (physicalAddress & 0xfff);
    }

    /// <summary>
    /// Shows the frame of device registers at a machine address, uncached, in a page that all processors share and whoever holds the lock uses: until
    /// the next call. Returns where the address is then.
    /// </summary>
    public static ulong ShowDevice(ulong address)
    {
        const ulong window = Layout.Devices + 511 * Mfn.Size;
        Entry(window, 1, TableEntry) = (address & FrameMask) | SmallPage | Uncached;
        // Each processor remembers its own last use at most.
        Tlb.FlushPage(new(window));
        return window + (address & 0xfff);
    }

    /// <summary>Drops the boot's identity map: from here on the lower half belongs to guests.</summary>
    public static void DropIdentity()
    {
        DirectMap.Table(Now.Root)[0] = 0;
        Tlb.Flush();
    }

    /// <summary>Copies the hypervisor's slots into a guest's top-level table.</summary>
    public static void ShareInto(Mfn table)
        => DirectMap.Table(Now.Root).Slice(Layout.FirstSlot, Layout.SlotCount).CopyTo(DirectMap.Table(table)[Layout.FirstSlot..]);

    private static ref ulong Entry(ulong address, int level, ulong tableFlags)
        => ref Entry(Now.Root, address, level, tableFlags, ref Now.NextFrame, Now.FramesEnd);

    /// <summary>
    /// The entry of a level for an address, in the tables below a root; what is not there of those above it is made of the frames from `next` on,
    /// which moves on, up to `end`, a frame number.
    /// </summary>
    internal static ref ulong Entry(Mfn root, ulong address, int level, ulong tableFlags, ref Mfn next, ulong end)
    {
        Mfn table = root;
        for (int above = 4; above > level; above--)
        {
            ref ulong entry = ref DirectMap.Table(table)[(int)(address >> (above * 9 + 3) & 511)];
            if ((entry & 1) == 0)
                entry = TakeFrame(ref next, end).Address | tableFlags;
            table = Mfn.Of(new(entry & FrameMask));
        }
        return ref DirectMap.Table(table)[(int)(address >> (level * 9 + 3) & 511)];
    }
}
