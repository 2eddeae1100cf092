using System.Runtime.CompilerServices;

using Serai.Hypervisor.Frames;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>The bits of a page-table entry (SDM vol. 3, 4.5) and what of them a guest may set at which level.</summary>
public static class PageTableEntry
{
    public const ulong Present = 1, Writable = 2, User = 4, WriteThrough = 8, CacheDisable = 16, Accessed = 32, Dirty = 64,
        AttributeTable = 128, LargePage = 128, Global = 256, NoExecute = 1ul << 63;

    /// <summary>Set by the hypervisor in entries that the guest wrote without User: they are its kernel's (bit 52, ABI 02 §2.6.3).</summary>
    public const ulong GuestKernel = 1ul << 52;

    /// <summary>The frame's address.</summary>
    public const ulong FrameMask = 0x000f_ffff_ffff_f000;

    /// <summary>Bits 9 to 11 and 52 to 62, which the processor leaves to software.</summary>
    public const ulong Available = 0x7ff0_0000_0000_0e00;

    /// <summary>The bits that choose a cache attribute in an L1 entry.</summary>
    public const ulong CacheMask = WriteThrough | CacheDisable | AttributeTable;

    /// <summary>What may not be set in a present L1 entry by a domain without hardware.</summary>
    public const ulong Level1Refused = CacheMask;

    /// <summary>What may not be set in a present entry of a higher level: large pages and cache attributes do not exist for guests.</summary>
    public const ulong TableRefused = CacheMask | Global;

    /// <summary>Entries of a table.</summary>
    public const int Count = 512;

    /// <summary>The frame an entry names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mfn FrameOf(ulong entry) => new((entry << 12) >> 24);

    /// <summary>A present L1 entry as it is stored: reachable from ring 3 whatever the guest said, kernel entries marked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StoredLevel1(ulong entry) => (entry & User) != 0 ? entry : entry | User | GuestKernel;

    /// <summary>A present entry of level 2 to 4 as it is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StoredTable(ulong entry, FrameType level) => entry | User | (level == FrameType.L4 ? Accessed : 0);

    /// <summary>The index into a table of level 1 to 4 for a virtual address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Index(ulong address, int level) => unchecked((int)(address >> (level * 9 + 3) & 511));
}
