using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Cuts a value into its items at a separator: one item more than there are separators, each possibly empty.</summary>
public struct ListItems
{
    private int next;

    /// <summary>Whether the last item has been handed out.</summary>
    public bool AtEnd { readonly get; private set; }

    /// <summary>The next item; nothing when there is none left.</summary>
    public ReadOnlySpan<byte> Next(ReadOnlySpan<byte> text, byte separator)
    {
        int start = next;
        if (AtEnd)
            return [];
        int length = OptionText.IndexOf(text.Slice(start), separator);
        next = start + length + 1;
        AtEnd = start + length == text.Length;
        return text.Slice(start, length);
    }
}
