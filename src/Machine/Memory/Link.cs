using System.Runtime.CompilerServices;

namespace Serai.Machine.Memory;

/// <summary>
/// A reference that can be kept in a structure: to a value in the direct map, made by <see cref="DirectMap.LinkTo"/>, or to nothing.
/// Assembly reads it as the value's address.
/// </summary>
// unsafe: an address made by DirectMap is turned back into the reference it came from.
public readonly unsafe struct Link<T> where T : unmanaged
{
    private readonly ulong address;

    internal Link(ulong address) => this.address = address;

    /// <summary>Whether it refers to nothing.</summary>
    public bool IsNull => address == 0;

    /// <summary>The value; only where <see cref="IsNull"/> is false.</summary>
    public ref T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref *(T*)address;
    }

    /// <summary>A link to the given value, which must live in the direct map.</summary>
    public static Link<T> To(ref T value) => new((ulong)Unsafe.AsPointer(ref value));

    /// <summary>Whether both refer to the same value.</summary>
    public bool Same(Link<T> other) => address == other.address;

    /// <summary>Whether it refers to the given value.</summary>
    public bool Same(ref T value) => address == (ulong)Unsafe.AsPointer(ref value);
}
