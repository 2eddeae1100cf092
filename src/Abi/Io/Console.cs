using System;
using System.Diagnostics.CodeAnalysis;
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
public struct ConsoleInput
{
    /// <summary>Number of elements.</summary>
    public const int Length = 1024;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>The ring from the guest (2048 bytes).</summary>
public struct ConsoleOutput
{
    /// <summary>Number of elements.</summary>
    public const int Length = 2048;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}
