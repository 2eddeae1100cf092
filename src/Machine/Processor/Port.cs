using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The processor's I/O ports.</summary>
public static class Port
{
    /// <summary>Reads a byte.</summary>
    [RuntimeImport("*", "X64In8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    /// <summary>Reads two bytes.</summary>
    [RuntimeImport("*", "X64In16"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort In16(ushort port);

    /// <summary>Reads four bytes.</summary>
    [RuntimeImport("*", "X64In32"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint In32(ushort port);

    /// <summary>Writes a byte.</summary>
    [RuntimeImport("*", "X64Out8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);

    /// <summary>Writes two bytes.</summary>
    [RuntimeImport("*", "X64Out16"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out16(ushort port, ushort value);

    /// <summary>Writes four bytes.</summary>
    [RuntimeImport("*", "X64Out32"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out32(ushort port, uint value);
}
