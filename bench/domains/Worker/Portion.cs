namespace Serai.BenchWorker;

/// <summary>The unit of work, some 20,000 instructions: numbers made up, sorted and summed up, with always the same sum.</summary>
internal static class Portion
{
    /// <summary>What comes out.</summary>
    public const ulong Expected = 0xa666_fd8f_b786_b5f9;

    private const int Count = 128;

    private static readonly ulong[] numbers = new ulong[Count];

    /// <summary>Does one portion and gives its sum.</summary>
    public static ulong Compute()
    {
        Fill();
        for (int gap = Count / 2; gap > 0; gap /= 2)
            Sort(gap);
        return Sum();
    }

    private static void Fill()
    {
        ulong number = 0x9e37_79b9_7f4a_7c15;
        for (int index = 0; index < Count; index++)
        {
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
            numbers[index] = number;
        }
    }

    private static void Sort(int gap)
    {
        for (int index = gap; index < Count; index++)
        {
            ulong number = numbers[index];
            int place = index;
            for (; place >= gap && numbers[place - gap] > number; place -= gap)
                numbers[place] = numbers[place - gap];
            numbers[place] = number;
        }
    }

    private static ulong Sum()
    {
        ulong sum = 0xcbf2_9ce4_8422_2325;
        for (int index = 0; index < Count; index++)
            sum = unchecked((sum ^ numbers[index]) * 0x100_0000_01b3);
        return sum;
    }
}
