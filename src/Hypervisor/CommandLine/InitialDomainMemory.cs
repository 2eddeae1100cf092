using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>An amount of memory on the command line: so many bytes, or, written with a minus, all there is but so many.</summary>
public struct MemoryAmount
{
    /// <summary>Bytes; 0: not given.</summary>
    public ulong Bytes;

    /// <summary>Whether the amount is what remains when <see cref="Bytes"/> are kept back.</summary>
    public bool AllBut;

    /// <summary>Reads a size, or a minus and a size; false if it is neither, or nothing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MemoryAmount amount)
    {
        bool allBut = text.Length != 0 && text[0] == (byte)'-';
        bool good = NumberText.TrySize(allBut ? text.Slice(1) : text, out ulong bytes) && bytes != 0;
        amount = new MemoryAmount { Bytes = bytes, AllBut = allBut };
        return good;
    }

    /// <summary>The amount in bytes on a machine with so many bytes free, never more than those; <paramref name="otherwise"/> if not given.</summary>
    public readonly ulong Resolve(ulong available, ulong otherwise)
    {
        ulong bytes = Bytes == 0 ? otherwise : Bytes;
        if (Bytes != 0 && AllBut)
            bytes = available > Bytes ? available - Bytes : 0;
        return bytes < available ? bytes : available;
    }
}

/// <summary>The value of dom0_mem=: <c>[SIZE][,min:SIZE][,max:SIZE]</c>, in any order.</summary>
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
    /// (at most 128 MiB) that stays with the hypervisor; never under the minimum, never over the maximum, which is the stronger.
    /// </summary>
    public readonly ulong Resolve(ulong available)
    {
        const ulong keptBack = 128UL << 20;
        ulong sixteenth = available / 16;
        ulong bytes = Initial.Resolve(available, available - (sixteenth < keptBack ? sixteenth : keptBack));
        ulong least = Minimum.Resolve(available, 0);
        ulong most = Maximum.Resolve(available, available);
        if (bytes < least)
            bytes = least;
        return bytes < most ? bytes : most;
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
