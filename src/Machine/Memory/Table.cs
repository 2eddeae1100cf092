using System.Runtime.CompilerServices;

namespace Serai.Machine.Memory;

/// <summary>An array of fixed length, carved from physical memory at boot; every access is checked against its length.</summary>
// unsafe: base plus checked index.
public readonly unsafe struct Table<T> where T : unmanaged
{
    private readonly ulong start;
    private readonly ulong length;

    /// <summary>`count` elements from a physical address on; the memory is the caller's and holds what it holds.</summary>
    public Table(ulong physicalAddress, ulong count)
    {
        start = Layout.DirectMap + physicalAddress;
        length = count;
    }

    /// <summary>How many elements.</summary>
    public ulong Length => length;

    /// <summary>The same table's first `count` elements, of which there are so many.</summary>
    public Table<T> First(ulong count) => new(start - Layout.DirectMap, count < length ? count : length);

    /// <summary>The element at an index; an index outside stops the machine.</summary>
    public ref T this[ulong index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (index >= length)
                Failure.OutsideTable(index);
            return ref *(T*)(start + index * (ulong)sizeof(T));
        }
    }

    /// <summary>The element at an index, or the first for an index outside; the table must not be empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T AtOrFirst(ulong index) => ref *(T*)(start + (index < length ? index : 0) * (ulong)sizeof(T));
}
