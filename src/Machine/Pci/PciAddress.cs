namespace Serai.Machine.Pci;

/// <summary>Where a PCI function is: its segment group in bits 31 to 16, bus in 15 to 8, device and function in 7 to 0.</summary>
public readonly struct PciAddress(uint value)
{
    /// <summary>All of it as one number.</summary>
    public uint Value => value;

    /// <summary>Its segment group: 0 on all but large machines.</summary>
    public uint Segment => value >> 16;

    /// <summary>Its bus.</summary>
    public uint Bus => value >> 8 & 0xff;

    /// <summary>The address of a function by its parts.</summary>
    public static PciAddress Of(ushort segment, byte bus, byte deviceAndFunction) => new((uint)segment << 16 | (uint)bus << 8 | deviceAndFunction);
}
