using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Frames;

/// <summary>What a frame may be used as while its type count is not zero.</summary>
public enum FrameType : uint
{
    None = 0,
    L1 = 1,
    L2 = 2,
    L3 = 3,
    L4 = 4,

    /// <summary>Segment descriptors: shown by a GDT or an LDT.</summary>
    Descriptors = 5,

    /// <summary>Mapped writable, or written by the hypervisor on a guest's behalf.</summary>
    Writable = 6,
}

/// <summary>
/// What is known of one machine frame (24 bytes). Both counts, the type and the flags share one word, so that every change of them is one step: one
/// of the methods here, and nobody else writes the word. Those of the hot paths are given the word that their caller has read and judged; with a lock
/// for each domain they become a compare-exchange against it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Frame
{
    /// <summary>Fields of <see cref="State"/>: references in bits 0 to 25, typed references in 26 to 51, the type in 52 to 54, flags above.</summary>
    public const ulong CountUnit = 1, CountMask = (1ul << 26) - 1, TypeUnit = 1ul << 26, TypeCountMask = CountMask << 26,
        TypeMask = 7ul << TypeShift, Validated = 1ul << 55, Pinned = 1ul << 56, Allocated = 1ul << 57, Shared = 1ul << 58,
        Both = CountUnit + TypeUnit;

    /// <summary>The highest bit of the references' count: no more are taken once it is set, so neither count can run over.</summary>
    public const ulong Full = 1ul << 25;

    /// <summary>A flag of a table of level 2 to 4: some of its entries hold what they refer to, how many says <see cref="Place"/>.</summary>
    public const ulong Partly = 1ul << 59;

    /// <summary>A flag of a free frame: a free block begins here, log2 of its frames says <see cref="Place"/>.</summary>
    public const ulong FreeHead = 1ul << 60;

    /// <summary>
    /// Flags of a free frame. Used: it holds what somebody wrote; Fresh: nobody has had it since boot, it holds what the firmware left.
    /// </summary>
    public const ulong Used = 1ul << 61, Fresh = 1ul << 62;

    /// <summary>
    /// A flag of a domain's frame: it has been mapped with another cache attribute than write-back since its lines were last written back; which one
    /// its mappings have now says <see cref="Place"/> (PageTables, CacheAttributes).
    /// </summary>
    public const ulong Attributed = 1ul << 63;

    /// <summary>The type's lowest bit in <see cref="State"/>.</summary>
    public const int TypeShift = 52;

    /// <summary>The end of a list of frames.</summary>
    public const uint Nil = uint.MaxValue;

    private ulong state;

    /// <summary>Counts, type and flags.</summary>
    public readonly ulong State => state;

    /// <summary>The domain it belongs to; DomainIds.Xen: the hypervisor, Io: not RAM or kept for I/O, Invalid: free.</summary>
    public ushort Owner;

    /// <summary>
    /// log2 of the frames in the free block that begins here; of a partly validated table, its first entries that hold;
    /// of one that is Attributed, the bits of an L1 entry that choose its cache attribute.
    /// </summary>
    public ushort Place;

    /// <summary>The next frame of the owner's list, or the next free block.</summary>
    public uint Next;

    /// <summary>The previous one.</summary>
    public uint Previous;

    /// <summary>Tlb.Clock when the last typed reference or the frame itself was given back.</summary>
    public uint Stamp;

    /// <summary>The type of the last typed reference taken.</summary>
    public readonly FrameType Type => unchecked((FrameType)((State & TypeMask) >> TypeShift));

    /// <summary>Typed references.</summary>
    public readonly uint TypeCount => unchecked((uint)((State & TypeCountMask) >> 26));

    /// <summary>All references, the typed ones and the allocation's included.</summary>
    public readonly uint Count => unchecked((uint)(State & CountMask));

    /// <summary>Whether any of the given flags is set.</summary>
    public readonly bool Has(ulong flag) => (State & flag) != 0;

    /// <summary>Gets a reference; `read` is the word as it is, of a frame that may have one more (<see cref="FrameTable.MayGet"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetPage(ulong read) => state = unchecked(read + CountUnit);

    /// <summary>Puts a reference back; `read` is the word as it is. Whose last it was is free: FrameTable.Put.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutPage(ulong read) => state = unchecked(read - CountUnit);

    /// <summary>Gets a typed reference beside others; `read` is the word as it is (<see cref="FrameTable.MayGetAnother"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetTyped(ulong read) => state = unchecked(read + Both);

    /// <summary>Gets a writable mapping, the first or another; `read` is the word as it is (<see cref="FrameTable.MayGetWritable"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetWritable(ulong read) => state = unchecked(read + Both) | Validated;

    /// <summary>Puts a typed reference back of which others are left; `read` is the word as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutTyped(ulong read) => state = unchecked(read - Both);

    /// <summary>Puts the last writable mapping back, of a frame that has other references: what was written is remembered by the stamp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutLastWritable(ulong read, uint clock)
    {
        Stamp = clock;
        state = unchecked((read & ~Validated) - Both);
    }

    /// <summary>Gets the first typed reference of a type; the frame is no validated one yet, but where it becomes writable.</summary>
    public void GetFirstTyped(FrameType type)
    {
        ulong used = unchecked((state & ~(TypeMask | Validated)) + Both) | (ulong)type << TypeShift;
        state = type == FrameType.Writable ? used | Validated : used;
    }

    /// <summary>All entries of a table of level 2 to 4 hold what they name.</summary>
    public void EndValidation() => state = (state & ~Partly) | Validated;

    /// <summary>Puts the first typed reference back: the frame did not validate, and has no type.</summary>
    public void PutUnfit() => state = unchecked((state & ~TypeMask) - Both);

    /// <summary>Puts the last typed reference back, of a table none of whose entries holds anything any more.</summary>
    public void PutLastTyped(uint clock)
    {
        Stamp = clock;
        state = unchecked((state & ~(Validated | Partly)) - Both);
    }

    /// <summary>Sets a flag.</summary>
    public void Mark(ulong flag) => state |= flag;

    /// <summary>Clears flags.</summary>
    public void Unmark(ulong flags) => state &= ~flags;

    /// <summary>
    /// It is handed to an owner, whose allocation is its one reference. One that was not free in between is still what it was to caches.
    /// </summary>
    public void BeginAllocated() => state = (state & Attributed) | Allocated | CountUnit;

    /// <summary>It is free; `flags` say what it holds.</summary>
    public void BeginFree(ulong flags) => state = flags;

    /// <summary>Whether it is now a page table of some level, or descriptors: nothing that a guest may write.</summary>
    public readonly bool IsProtected => TypeCount != 0 && Type != FrameType.Writable;
}
