using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Entries of page tables: their bits (SDM volume 3, 4.5), and where those of an address are.</summary>
public static unsafe class Entries
{
    /// <summary>Bits of an entry.</summary>
    public const ulong Present = 1, Writable = 2, User = 4, WriteThrough = 8, CacheDisable = 16, Accessed = 32, Dirty = 64, LargePage = 128,
        Global = 256, NoExecute = 1ul << 63;

    /// <summary>What an L1 entry of a page to read, or to read and write, has.</summary>
    public const ulong ReadOnly = Present | User | Accessed | Dirty, ReadWrite = ReadOnly | Writable;

    /// <summary>What an entry that names a table has.</summary>
    public const ulong Table = Present | Writable | User | Accessed | Dirty;

    /// <summary>The bits that name the frame.</summary>
    public const ulong FrameMask = 0x000f_ffff_ffff_f000;

    /// <summary>An entry that names a machine frame.</summary>
    public static ulong Make(ulong frame, ulong flags) => (frame << 12) | flags;

    /// <summary>The machine frame that an entry names.</summary>
    public static ulong FrameOf(ulong entry) => (entry & FrameMask) >> 12;

    /// <summary>The index of an address in a table of a level.</summary>
    public static int Index(ulong address, int level) => (int)(address >> ((level * 9) + 3)) & 511;

    /// <summary>The machine frame of the table of a level for an address of the boot mapping.</summary>
    public static ulong TableFrame(ulong address, int level)
    {
        ulong table = Guest.StartInfo.PageTableBase;
        for (int above = 4; above > level; above--)
            table = Frames.AddressOf(FrameOf(((ulong*)table)[Index(address, above)]));
        return Frames.Of(table);
    }

    /// <summary>Where the entry of a level for an address lies, in this guest's own read-only mapping of its tables.</summary>
    public static ulong* Pointer(ulong address, int level) => (ulong*)Frames.AddressOf(TableFrame(address, level)) + Index(address, level);

    /// <summary>The entry of a level for an address.</summary>
    public static ulong Read(ulong address, int level) => *Pointer(address, level);

    /// <summary>The machine address of the entry of a level for an address, as mmu_update takes it.</summary>
    public static ulong MachineAddress(ulong address, int level) => (TableFrame(address, level) << 12) + ((ulong)Index(address, level) * 8);
}
