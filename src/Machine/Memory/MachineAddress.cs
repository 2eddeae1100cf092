namespace Serai.Machine.Memory;

/// <summary>
/// A physical address of the machine. A number only: what lies there <see cref="DirectMap"/> tells, and whose it is the frame table.
/// </summary>
/// <param name="value">The address.</param>
public readonly struct MachineAddress(ulong value)
{
    /// <summary>The address.</summary>
    public readonly ulong Value = value;

    /// <summary>The address so many bytes further; an address beyond 64 bits is a bug of ours.</summary>
    public static MachineAddress operator +(MachineAddress address, ulong bytes) => new(checked(address.Value + bytes));

    /// <summary>As a number: in a table's entry, in a register, in what a guest is told.</summary>
    public static implicit operator ulong(MachineAddress address) => address.Value;
}
