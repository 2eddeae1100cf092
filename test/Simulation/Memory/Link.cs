using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>A reference that can be kept in a structure: the value's place in the arena plus one, or 0.</summary>
public readonly struct Link<T>
    where T : unmanaged
{
    private readonly ulong place;

    internal Link(ulong place) => this.place = place;

    /// <summary>Whether it refers to nothing.</summary>
    public bool IsNull => place == 0;

    /// <summary>The value; only where <see cref="IsNull"/> is false.</summary>
    public ref T Value => ref Arena.At<T>(place - 1);

    /// <summary>A link to the given value, which must live in the arena.</summary>
    public static Link<T> To(ref T value) => new(Arena.AddressOf(ref value) + 1);

    /// <summary>The same without its type.</summary>
    public UntypedLink Untyped => new(place);

    /// <summary>Whether both refer to the same value.</summary>
    public bool Same(Link<T> other) => place == other.place;

    /// <summary>Whether it refers to the given value.</summary>
    public bool Same(ref T value) => place == Arena.AddressOf(ref value) + 1;
}

/// <summary>A link whose type is told when it is used.</summary>
public readonly struct UntypedLink
{
    private readonly ulong place;

    internal UntypedLink(ulong place) => this.place = place;

    /// <summary>A link to the given value, which must live in the arena.</summary>
    public static UntypedLink To<T>(ref T value) where T : unmanaged => new(Arena.AddressOf(ref value) + 1);

    /// <summary>The link with the type of the value it was made from.</summary>
    public Link<T> As<T>() where T : unmanaged => new(place);
}
