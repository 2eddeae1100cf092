using System;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Reads the values of xpti= and pv-l1tf=, as Xen's xen-command-line document has them.</summary>
public static class DefenceOption
{
    /// <summary>
    /// Reads `default`, a truth value, or `dom0=` and `domu=` with one each; nothing is true. False if anything else is there, or if the two kinds of
    /// domains are told apart: what is done is done for all or for none.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Defence choice)
    {
        choice = Defence.AsNeeded;
        Defence initial = Defence.AsNeeded, others = Defence.AsNeeded;
        var items = new ListItems();
        while (!items.AtEnd)
        {
            ReadOnlySpan<byte> item = items.Next(text, (byte)',');
            bool good = TryAfter(item, "dom0="u8, ref initial) || TryAfter(item, "domu="u8, ref others)
                || (TryOne(item, out initial) && TryOne(item, out others));
            if (!good || (item.Length == 0 && text.Length != 0))
                return false;
        }
        choice = others;
        return initial == others;
    }

    private static bool TryAfter(ReadOnlySpan<byte> item, ReadOnlySpan<byte> name, ref Defence choice)
        => item.Length > name.Length && OptionText.Same(item.Slice(0, name.Length), name) && TryOne(item.Slice(name.Length), out choice);

    private static bool TryOne(ReadOnlySpan<byte> text, out Defence choice)
    {
        choice = Defence.AsNeeded;
        if (OptionText.Same(text, "default"u8))
            return true;
        if (!NumberText.TryTruth(text, out bool truth))
            return false;
        choice = truth ? Defence.On : Defence.Off;
        return true;
    }
}
