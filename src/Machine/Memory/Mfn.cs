namespace Serai.Machine.Memory;

/// <summary>
/// The number of a machine frame: a physical address divided by 4096. A number only: that such a frame exists is the frame table's to say.
/// </summary>
public readonly struct Mfn(ulong value)
{
    /// <summary>log2 of a frame's size in bytes.</summary>
    public const int Shift = 12;

    /// <summary>A frame's size in bytes.</summary>
    public const uint Size = 1u << Shift;

    /// <summary>The frame number.</summary>
    public readonly ulong Value = value;

    /// <summary>The physical address of the frame's first byte; meaningful for frame numbers below 2^52.</summary>
    public MachineAddress Address => new(Value << Shift);

    /// <summary>The frame that holds a physical address.</summary>
    public static Mfn Of(MachineAddress address) => new(address.Value >> Shift);

    /// <summary>The frame `count` frames further.</summary>
    public Mfn Plus(ulong count) => new(unchecked(Value + count));

    public static bool operator ==(Mfn left, Mfn right) => left.Value == right.Value;

    public static bool operator !=(Mfn left, Mfn right) => left.Value != right.Value;

    public override bool Equals(object? other) => false;

    public override int GetHashCode() => (int)Value;
}
