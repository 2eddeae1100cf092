using System;

namespace Serai.Hypervisor.Control;

/// <summary>
/// Cuts a command line into words. Every byte up to and including the blank (0x20) separates, so tabs, line ends and the
/// terminating NUL of a loader's string need no care of their own. There is no quoting, as there is none in Xen's own options.
/// </summary>
public ref struct Words
{
    private ReadOnlySpan<byte> rest;

    /// <summary>Starts before the first word of <paramref name="line"/>.</summary>
    public Words(ReadOnlySpan<byte> line) => rest = OptionText.TrimStart(line);

    /// <summary>What has not been handed out yet, without blanks at either end.</summary>
    public readonly ReadOnlySpan<byte> Rest => OptionText.TrimEnd(rest);

    /// <summary>Takes the next word; false, and an empty word, at the end of the line.</summary>
    public bool Next(out ReadOnlySpan<byte> word)
    {
        int length = 0;
        while (length < rest.Length && !OptionText.IsBlank(rest[length]))
            length++;
        word = rest.Slice(0, length);
        rest = OptionText.TrimStart(rest.Slice(length));
        return length != 0;
    }
}
