namespace Serai.Machine.Memory;

/// <summary>
/// A virtual address that a guest names: an allegation, which <see cref="GuestMemory"/> checks where it is used. A type of its own, so that it is
/// never taken for a machine address or a number.
/// </summary>
/// <param name="value">The address, as the guest gave it.</param>
public readonly struct GuestAddress(ulong value)
{
    /// <summary>The address.</summary>
    public readonly ulong Value = value;

    /// <summary>Whether it is 0, by which most calls mean that there is none.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The address so many bytes further; past the end of the address space it begins anew, as for the processor.</summary>
    public static GuestAddress operator +(GuestAddress address, ulong bytes) => new(unchecked(address.Value + bytes));
}
