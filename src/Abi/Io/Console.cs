using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>The console's page; indices run freely and are taken modulo the size (struct xencons_interface of io/console.h, 3088 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConsoleRing
{
    /// <summary>To the guest.</summary>
    public ConsoleInput In;
    /// <summary>From the guest.</summary>
    public ConsoleOutput Out;
    public uint InConsumer;
    public uint InProducer;
    public uint OutConsumer;
    public uint OutProducer;
}

/// <summary>The ring to the guest (1024 bytes).</summary>
[InlineArray(1024)]
public struct ConsoleInput
{
    private byte element;
}

/// <summary>The ring from the guest (2048 bytes).</summary>
[InlineArray(2048)]
public struct ConsoleOutput
{
    private byte element;
}
