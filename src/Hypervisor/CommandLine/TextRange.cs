using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// A piece of a text, by place. It stands for a span where one would have to be written through a reference: a local span that others
/// write is zeroed on entry, with vector registers that still hold the guest's values.
/// </summary>
public struct TextRange
{
    /// <summary>The index of its first byte.</summary>
    public int Start;

    /// <summary>How many bytes it has.</summary>
    public int Length;

    /// <summary>The piece of the text it was found in.</summary>
    public readonly ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
