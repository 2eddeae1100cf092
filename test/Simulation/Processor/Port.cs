using System.Collections.Generic;

using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>I/O ports that answer what the test says, all ones else.</summary>
public static class Port
{
    private static byte Value(ushort port)
        => SimulatedProcessor.PortReading?.Invoke(port) ?? SimulatedProcessor.PortValues.GetValueOrDefault(port, (byte)0xff);

    /// <summary>Reads a byte.</summary>
    public static byte In8(ushort port)
    {
        Journal.Write(Act.PortIn, port);
        return Value(port);
    }

    /// <summary>Reads two bytes.</summary>
    public static ushort In16(ushort port) => (ushort)(In8(port) | Value((ushort)(port + 1)) << 8);

    /// <summary>Reads four bytes.</summary>
    public static uint In32(ushort port) => In16(port) | (uint)(Value((ushort)(port + 2)) | Value((ushort)(port + 3)) << 8) << 16;

    /// <summary>Writes a byte.</summary>
    public static void Out8(ushort port, byte value) => Out(port, value, 1);

    /// <summary>Writes two bytes.</summary>
    public static void Out16(ushort port, ushort value) => Out(port, value, 2);

    /// <summary>Writes four bytes.</summary>
    public static void Out32(ushort port, uint value) => Out(port, value, 4);

    // The journal has the value above the port.
    private static void Out(ushort port, uint value, int size)
    {
        Journal.Write(Act.PortOut, (ulong)value << 16 | port);
        SimulatedProcessor.PortWriting?.Invoke(port, value, size);
    }
}
