using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Pci;

/// <summary>
/// Configuration space of PCI functions (PCI Local Bus Specification 3.0, 3.2.2.3 and 6): by the two ports where they reach, else in memory. The
/// caller holds the lock: the ports are a pair.
/// </summary>
public static class PciConfiguration
{
    private const ushort AddressPort = 0xcf8, DataPort = 0xcfc;
    private const uint Enabled = 1u << 31, PortBytes = 256;

    private static bool IsByPorts(PciAddress function, uint register) => function.Segment == 0 && register < PortBytes;

    private static void Select(PciAddress function, uint register) => Port.Out32(AddressPort, Enabled | function.Value << 8 | (register & 0xfc));

    /// <summary>Reads four bytes at a multiple of four below 4096; ones where nothing answers.</summary>
    public static uint Read(PciAddress function, uint register)
    {
        if (!IsByPorts(function, register))
            return ConfigurationMemory.TryFind(function, out ulong place) ? DeviceMemory.ReadAt(place + register) : uint.MaxValue;
        Select(function, register);
        return Port.In32(DataPort);
    }

    /// <summary>Writes 1, 2 or 4 bytes that lie in four whose place is a multiple of four; nothing where nothing answers.</summary>
    public static void Write(PciAddress function, uint register, int size, uint value)
    {
        if (!IsByPorts(function, register))
        {
            if (ConfigurationMemory.TryFind(function, out ulong place))
                DeviceMemory.WriteAt(place + register, size, value);
            return;
        }
        Select(function, register);
        ushort port = (ushort)(DataPort + (register & 3));
        switch (size)
        {
            case 1: Port.Out8(port, unchecked((byte)value)); break;
            case 2: Port.Out16(port, unchecked((ushort)value)); break;
            default: Port.Out32(port, value); break;
        }
    }
}
