namespace Serai.Hypervisor.Time;

/// <summary>
/// How far one processor's time-stamp counter may be ahead of another's, as rounds of question and answer tell: the answer was read after the
/// question had been asked and before it had come back, so each round leaves an interval, and the truth is in all of them.
/// </summary>
public struct CounterGap
{
    private long lowest, highest;

    /// <summary>Knows nothing yet.</summary>
    public static CounterGap Unknown => new() { lowest = long.MinValue, highest = long.MaxValue };

    /// <summary>Takes a round: the asker's counter at the question, the other's counter, the asker's when it saw that.</summary>
    public void Note(ulong asked, ulong answer, ulong seen)
    {
        long low = unchecked((long)(answer - seen)), high = unchecked((long)(answer - asked));
        lowest = low > lowest ? low : lowest;
        highest = high < highest ? high : highest;
    }

    /// <summary>Whether the counters may be the same.</summary>
    public readonly bool MayBeNone => lowest <= 0 && highest >= 0;

    /// <summary>The middle of what is possible.</summary>
    public readonly long Middle => lowest + (highest - lowest) / 2;
}
