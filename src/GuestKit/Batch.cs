using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>A multicall: calls noted in order and made in one, as many as a page holds.</summary>
public static unsafe class Batch
{
    /// <summary>Calls that a batch holds.</summary>
    public const int Capacity = 64;

    private const int Words = 8, Result = 1, Arguments = 2;

    private static ulong* entries;
    private static int count;

    /// <summary>Calls noted.</summary>
    public static int Count => count;

    /// <summary>Notes a call; one too many is forgotten.</summary>
    public static void Add(Hypercall number, ulong first = 0, ulong second = 0, ulong third = 0, ulong fourth = 0)
    {
        if (entries == null)
            entries = (ulong*)Frames.Take();
        if (count == Capacity)
            return;
        ulong* entry = entries + (count++ * Words);
        (entry[0], entry[Result]) = ((ulong)number, ulong.MaxValue);
        (entry[Arguments], entry[Arguments + 1], entry[Arguments + 2], entry[Arguments + 3]) = (first, second, third, fourth);
    }

    /// <summary>Makes all calls that are noted, and forgets them: the result of the multicall.</summary>
    public static long Perform()
    {
        long result = Hypercalls.Call(Hypercall.Multicall, (ulong)entries, (ulong)count);
        count = 0;
        return result;
    }

    /// <summary>The result of a call of the last batch.</summary>
    public static long ResultOf(int index) => (long)entries[(index * Words) + Result];
}
