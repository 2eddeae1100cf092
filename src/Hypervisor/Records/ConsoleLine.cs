using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Room for a guest's unfinished line, so that lines of guests that nobody types to come out whole.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConsoleLine
{
    private const int Capacity = 256;

    private Storage storage;
    private int length;

    /// <summary>What has been kept so far.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)storage)[..length];

    /// <summary>Keeps a byte; true when the line must be written out now: it ends, or there is no more room.</summary>
    public bool Keep(byte letter)
    {
        storage[length++] = letter;
        return letter == (byte)'\n' || length == Capacity;
    }

    /// <summary>Forgets what was kept.</summary>
    public void Clear() => length = 0;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte element;
    }
}
