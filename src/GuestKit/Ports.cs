using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>I/O ports: the initial domain reaches devices behind them, others read ones.</summary>
public static class Ports
{
    private const ulong ConfigurationAddress = 0xcf8, ConfigurationData = 0xcfc;

    /// <summary>Sets this virtual CPU's I/O privilege level: 1 lets the kernel use ports.</summary>
    public static long SetLevel(uint level)
    {
        PhysdevSetIopl argument = default;
        argument.Iopl = level;
        return Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Reads a byte. A port that may not be used stops the guest.</summary>
    public static byte In8(ulong port)
    {
        if (!Probe.Try(ProbeCode.PortIn, port, 0, out ulong value))
            Failure.Stop("a port cannot be read"u8, port);
        return (byte)value;
    }

    /// <summary>Writes a byte.</summary>
    public static void Out8(ulong port, byte value)
    {
        if (!Probe.Try(ProbeCode.PortOut, port, value))
            Failure.Stop("a port cannot be written"u8, port);
    }

    /// <summary>Reads a word of 32 bits of PCI configuration space; `device` is bus, device and function as in an address.</summary>
    public static uint ReadConfiguration(uint device, uint register)
    {
        Select(device, register);
        Probe.Try(ProbeCode.PortIn32, ConfigurationData, 0, out ulong value);
        return (uint)value;
    }

    /// <summary>Writes such a word.</summary>
    public static void WriteConfiguration(uint device, uint register, uint value)
    {
        Select(device, register);
        Probe.Try(ProbeCode.PortOut32, ConfigurationData, value);
    }

    private static void Select(uint device, uint register)
    {
        if (!Probe.Try(ProbeCode.PortOut32, ConfigurationAddress, 1u << 31 | device << 8 | register))
            Failure.Stop("a port cannot be written"u8, ConfigurationAddress);
    }
}
