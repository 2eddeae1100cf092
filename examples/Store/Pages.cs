using System;

using Serai.GuestKit;

namespace Serai.Examples.Store;

/// <summary>What both sides do with pages.</summary>
internal static class Pages
{
    /// <summary>A sum in which every word and its place count.</summary>
    internal static ulong Sum(ulong address)
    {
        ulong sum = 0;
        foreach (ulong word in Frames.Words(address))
            sum = (sum * 31) + word;
        return sum;
    }

    /// <summary>Fills a page so that no two numbers give the same.</summary>
    internal static void Fill(ulong address, ulong number)
    {
        Span<ulong> words = Frames.Words(address);
        ulong word = number + 1;
        for (int index = 0; index < words.Length; index++)
        {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            words[index] = word;
        }
    }
}
