using System;

using Serai.Abi;

namespace Serai.Machine.Firmware;

/// <summary>
/// A map of memory as everybody may rely on it, made of what firmware and loader tell: in order of addresses, each place in one entry. Where several
/// of theirs lie over each other the one with the greatest type counts, as in Linux and Xen: what anybody calls something else is no RAM.
/// </summary>
public static class SoundMap
{
    /// <summary>
    /// Writes it to `sound`, as far as there is room: what is left out is no RAM; returns how many entries. None of the told ones is empty or reaches
    /// beyond the end of all addresses.
    /// </summary>
    public static int Make(ReadOnlySpan<E820Entry> told, Span<E820Entry> sound)
    {
        int count = 0;
        for (ulong place = 0; TryFindPiece(told, place, out E820Entry piece); place = piece.Address + piece.Size)
        {
            if (count > 0 && sound[count - 1].Type == piece.Type && sound[count - 1].Address + sound[count - 1].Size == piece.Address)
                sound[count - 1].Size += piece.Size;
            else if (count < sound.Length)
                sound[count++] = piece;
            else
                break;
        }
        return count;
    }

    /// <summary>The first piece from a place on that lies in the same entries as a whole.</summary>
    private static bool TryFindPiece(ReadOnlySpan<E820Entry> told, ulong place, out E820Entry piece)
    {
        ulong start = ulong.MaxValue, end = ulong.MaxValue;
        E820Type type = 0;
        for (int index = 0; index < told.Length; index++)
        {
            ulong begin = told[index].Address < place ? place : told[index].Address;
            if (told[index].Address + told[index].Size > place && begin < start)
                start = begin;
        }
        for (int index = 0; index < told.Length; index++)
        {
            ulong stop = told[index].Address + told[index].Size, border = told[index].Address > start ? told[index].Address : stop;
            if (border > start && border < end)
                end = border;
            if (told[index].Address <= start && stop > start && told[index].Type > type)
                type = told[index].Type;
        }
        piece = new E820Entry { Address = start, Size = end - start, Type = type };
        return start != ulong.MaxValue;
    }
}
