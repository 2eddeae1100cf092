using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// Cuts a command line into words. Every byte up to and including the blank (0x20) separates, so tabs, line ends and the
/// terminating NUL of a loader's string need no care of their own. There is no quoting, as there is none in Xen's own options.
/// Each call takes the line anew; it must be the same.
/// </summary>
public struct Words
{
    private int next;

    /// <summary>The word that <see cref="Next"/> found last; empty at the end of the line.</summary>
    public TextRange Word;

    /// <summary>Goes to the next word; false at the end of the line.</summary>
    public bool Next(ReadOnlySpan<byte> line)
    {
        int start = Skip(line, next);
        int end = start;
        while (end < line.Length && !OptionText.IsBlank(line[end]))
            end++;
        Word = new TextRange { Start = start, Length = end - start };
        next = end;
        return end != start;
    }

    /// <summary>What has not been handed out yet, without blanks at either end.</summary>
    public readonly TextRange Rest(ReadOnlySpan<byte> line)
    {
        int start = Skip(line, next);
        int end = line.Length;
        while (end > start && OptionText.IsBlank(line[end - 1]))
            end--;
        return new TextRange { Start = start, Length = end - start };
    }

    private static int Skip(ReadOnlySpan<byte> line, int index)
    {
        while (index < line.Length && OptionText.IsBlank(line[index]))
            index++;
        return index;
    }
}
