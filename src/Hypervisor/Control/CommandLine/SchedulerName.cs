using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Control;

/// <summary>The name given with sched=, kept as written for whoever chooses the scheduler; empty if none was given.</summary>
public struct SchedulerName
{
    /// <summary>The longest name kept, in bytes.</summary>
    public const int GreatestLength = 16;

    private Symbols symbols;
    private int length;

    /// <summary>The name.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)symbols).Slice(0, length);

    /// <summary>Keeps a name of 1 to 16 bytes; false if it is shorter or longer.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SchedulerName name)
    {
        name = default;
        if (text.Length is 0 or > GreatestLength)
            return false;
        Span<byte> symbols = name.symbols;
        for (int i = 0; i < text.Length; i++)
            symbols[i] = text[i];
        name.length = text.Length;
        return true;
    }

    [InlineArray(GreatestLength)]
    private struct Symbols
    {
        private byte first;
    }
}
