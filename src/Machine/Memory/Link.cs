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

    /// <summary>
    /// The value; only where <see cref="IsNull"/> is false. Of nothing it is at no address, so a use faults (<see cref="Layout.OfLink"/>).
    /// </summary>
    public ref T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref *(T*)Layout.OfLink(address);
    }

    /// <summary>A link to the given value, which must live in the direct map.</summary>
    public static Link<T> To(ref T value) => new((ulong)Unsafe.AsPointer(ref value));

    /// <summary>The same without its type.</summary>
    public UntypedLink Untyped => new(address);

    /// <summary>Whether both refer to the same value.</summary>
    public bool Same(Link<T> other) => address == other.address;

    /// <summary>Whether it refers to the given value.</summary>
    public bool Same(ref T value) => address == (ulong)Unsafe.AsPointer(ref value);
}

/// <summary>
/// A link whose type is told when it is used: for one of two structures that link to each other, and for a part of a structure that links to the
/// whole, since .NET cannot lay out types that are arguments of each other's fields.
/// </summary>
// unsafe: an address made by DirectMap is turned back, as in Link.
public readonly unsafe struct UntypedLink
{
    private readonly ulong address;

    internal UntypedLink(ulong address) => this.address = address;

    /// <summary>A link to the given value, which must live in the direct map.</summary>
    public static UntypedLink To<T>(ref T value) where T : unmanaged => new((ulong)Unsafe.AsPointer(ref value));

    /// <summary>The link with the type of the value it was made from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Link<T> As<T>() where T : unmanaged => new(address);
}
