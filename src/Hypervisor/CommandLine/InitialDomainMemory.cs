using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// An amount of memory on the command line: so many bytes, a percentage of all there is, or both with a plus between; written with a minus, all there
/// is but so much.
/// </summary>
public struct MemoryAmount
{
    private const uint WholeInPercent = 100;

    /// <summary>Bytes, to which <see cref="Percent"/> of what there is are added; both 0: not given.</summary>
    public ulong Bytes;

    /// <inheritdoc cref="Bytes"/>
    public uint Percent;

    /// <summary>Whether the amount is what remains when so much is kept back.</summary>
    public bool AllBut;

    /// <summary>Reads <c>[-]SIZE</c>, <c>[-]N%</c> or <c>[-]SIZE+N%</c>; false if it is none of them, or nothing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MemoryAmount amount)
    {
        amount = new MemoryAmount { AllBut = text.Length != 0 && text[0] == (byte)'-' };
        text = amount.AllBut ? text.Slice(1) : text;
        int plus = OptionText.IndexOf(text, (byte)'+');
        if (plus != text.Length)
            return TryParseSize(text.Slice(0, plus), ref amount) && TryParsePercent(text.Slice(plus + 1), ref amount);
        return TryParsePercent(text, ref amount) || TryParseSize(text, ref amount);
    }

    private static bool TryParseSize(ReadOnlySpan<byte> text, ref MemoryAmount amount)
        => NumberText.TrySize(text, out amount.Bytes) && amount.Bytes != 0;

    private static bool TryParsePercent(ReadOnlySpan<byte> text, ref MemoryAmount amount)
        => text.Length != 0 && text[^1] == (byte)'%'
            && NumberText.TryNumber(text.Slice(0, text.Length - 1), WholeInPercent - 1, out amount.Percent) && amount.Percent != 0;

    /// <summary>The amount in bytes on a machine with so many bytes free, never more than those; <paramref name="otherwise"/> if not given.</summary>
    public readonly ulong Resolve(ulong available, ulong otherwise)
    {
        ulong part = available / WholeInPercent * Percent;
        ulong bytes = Bytes < ulong.MaxValue - part ? Bytes + part : ulong.MaxValue;
        if (bytes == 0)
            bytes = otherwise;
        else if (AllBut)
            bytes = available > bytes ? available - bytes : 0;
        return bytes < available ? bytes : available;
    }
}

/// <summary>The value of dom0_mem=: <c>[AMOUNT][,min:AMOUNT][,max:AMOUNT]</c>, in any order.</summary>
public struct InitialDomainMemory
{
    /// <summary>What the initial domain starts with.</summary>
    public MemoryAmount Initial;

    /// <summary>What it is given at least.</summary>
    public MemoryAmount Minimum;

    /// <summary>What it is given at most, at the start and ever after.</summary>
    public MemoryAmount Maximum;

    /// <summary>Reads the value; false if a part is not understood or there is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out InitialDomainMemory memory)
    {
        memory = default;
        var items = new ListItems();
        bool good = true;
        while (good && !items.AtEnd)
            good = memory.Take(items.Next(text, (byte)','));
        return good;
    }

    /// <summary>
    /// The bytes the initial domain gets of <paramref name="available"/> free ones: what was asked for, else all but a sixteenth
    /// (at most 128 MiB) that stays for the hypervisor and other domains; never under the minimum, never over the maximum, which is the stronger. Of
    /// the free bytes <paramref name="kept"/> are kept for devices in any case.
    /// </summary>
    public readonly ulong Resolve(ulong available, ulong kept)
    {
        const ulong keptBack = 128UL << 20;
        ulong usable = available > kept ? available - kept : 0, forOthers = Math.Min(available / 16, keptBack);
        ulong bytes = Initial.Resolve(available, usable > forOthers ? usable - forOthers : 0);
        ulong least = Minimum.Resolve(available, 0);
        ulong most = Maximum.Resolve(available, available);
        if (bytes < least)
            bytes = least;
        if (bytes > most)
            bytes = most;
        return bytes < usable ? bytes : usable;
    }

    private bool Take(ReadOnlySpan<byte> part)
    {
        if (OptionText.StartsWith(part, "min:"u8))
            return MemoryAmount.TryParse(part.Slice(4), out Minimum);
        if (OptionText.StartsWith(part, "max:"u8))
            return MemoryAmount.TryParse(part.Slice(4), out Maximum);
        return MemoryAmount.TryParse(part, out Initial);
    }
}
