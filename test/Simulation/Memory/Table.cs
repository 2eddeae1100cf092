using System.Runtime.CompilerServices;

using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>An array of fixed length in the arena; every access is checked against its length.</summary>
public readonly struct Table<T>
    where T : unmanaged
{
    private readonly ulong start;
    private readonly ulong length;

    /// <summary>`count` elements from a physical address on.</summary>
    public Table(ulong physicalAddress, ulong count) => (start, length) = (physicalAddress, count);

    /// <summary>How many elements.</summary>
    public ulong Length => length;

    /// <summary>The same table's first `count` elements.</summary>
    public Table<T> First(ulong count) => new(start, count < length ? count : length);

    /// <summary>The element at an index; an index outside is a failure.</summary>
    public ref T this[ulong index]
    {
        get
        {
            if (index >= length)
                throw new MachineFailure(FailureKind.Table, index);
            return ref Arena.At<T>(start + index * (ulong)Unsafe.SizeOf<T>());
        }
    }

    /// <summary>The element at an index, or the first for an index outside; the table must not be empty.</summary>
    public ref T AtOrFirst(ulong index) => ref this[index < length ? index : 0];
}
