using System.Threading;

using Serai.Hypervisor.Output;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>
/// All clocks rest on one counter, so a processor that comes up has its time-stamp counter compared with the first one's, and set to it if they
/// cannot be the same. Then they are compared again, until they may be the same; a processor whose counter cannot be set is not used. Both processors
/// take part: the first asks, the new one answers.
/// </summary>
public static class CounterComparison
{
    private const uint RoundsOfTurn = 8, Turns = 5, SecondsForAnswer = 10;
    private const uint TimeStampNumber = 0x10, AdjustNumber = 0x3b, AdjustBit = 1 << 1, FeaturesLeaf = 7;
    private const uint Undecided = 0, Same = 1, LeftOut = 2;

    private static ref uint Asked => ref TimeState.Now.CounterComparisonAsked;

    private static ref uint Answered => ref TimeState.Now.CounterComparisonAnswered;

    private static ref uint Corrections => ref TimeState.Now.CounterComparisonCorrections;

    private static ref uint Verdict => ref TimeState.Now.CounterComparisonVerdict;
    private static ref long Correction => ref TimeState.Now.CounterComparisonCorrection;

    /// <summary>On the first processor, before another one is started.</summary>
    public static void Prepare()
    {
        Asked = Answered = Corrections = 0;
        Verdict = Undecided;
    }

    /// <summary>
    /// On the first processor, once the other has come up: true when the counters agree as well as can be told; false where the other's cannot be
    /// set, or it does not answer any more. It stops then.
    /// </summary>
    public static bool Ask(uint processor)
    {
        for (uint turn = 0; turn < Turns; turn++)
        {
            CounterGap gap = CounterGap.Unknown;
            if (!TryCompare(ref gap))
                break;
            if (gap.MayBeNone)
            {
                Volatile.Write(ref Verdict, Same);
                return true;
            }
            if (turn == 0)
                Log.Always().Text("processor "u8).Number(processor).Text(": its counter differs from the first one's and is set to it"u8).End();
            Correction = unchecked(-gap.Middle);
            Volatile.Write(ref Corrections, Corrections + 1);
        }
        Volatile.Write(ref Verdict, LeftOut);
        return false;
    }

    private static bool TryCompare(ref CounterGap gap)
    {
        ulong longest = TimeSource.Hertz * SecondsForAnswer;
        for (uint turn = 0; turn < RoundsOfTurn; turn++)
        {
            uint round = Asked + 1;
            ulong before = TimeSource.NowInOrder;
            Volatile.Write(ref Asked, round);
            while (Volatile.Read(ref Answered) != round)
            {
                if (unchecked(TimeSource.Now - before) > longest)
                    return false;
                Instructions.Pause();
            }
            gap.Note(before, Volatile.Read(ref TimeState.Now.CounterComparisonPresentAnswer), TimeSource.NowInOrder);
        }
        return true;
    }

    /// <summary>
    /// On the other processor, once it has said that it is up; false where it is to stop. A correction is told before the next question, so whoever
    /// sees the question sees the correction.
    /// </summary>
    public static bool Answer()
    {
        uint seen = 0, corrected = 0;
        while (Volatile.Read(ref Verdict) == Undecided)
        {
            uint round = Volatile.Read(ref Asked);
            if (Volatile.Read(ref Corrections) != corrected)
            {
                corrected++;
                Correct(Correction);
            }
            if (round == seen)
            {
                Instructions.Pause();
                continue;
            }
            Volatile.Write(ref TimeState.Now.CounterComparisonPresentAnswer, TimeSource.NowInOrder);
            Volatile.Write(ref Answered, round);
            seen = round;
        }
        return Verdict == Same;
    }

    /// <summary>
    /// By the register that adds to the counter, which is exact, where the processor has it (SDM vol. 3, 18.17.3); else by the counter itself.
    /// </summary>
    private static void Correct(long add)
    {
        Instructions.CpuidOrZeros(FeaturesLeaf, out _, out uint features, out _, out _);
        if ((features & AdjustBit) != 0 && Instructions.TryReadMsr(AdjustNumber, out ulong adjust))
            Instructions.WriteMsr(AdjustNumber, unchecked(adjust + (ulong)add));
        else
            Instructions.WriteMsr(TimeStampNumber, unchecked(TimeSource.NowInOrder + (ulong)add));
    }
}
