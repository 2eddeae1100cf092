using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The processor's I/O ports.</summary>
public static class Port
{
    /// <summary>Reads a byte.</summary>
    [RuntimeImport("*", "PortIn8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    /// <summary>Writes a byte.</summary>
    [RuntimeImport("*", "PortOut8"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);
}
