using System.Threading;

using Serai.Hypervisor.Console;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>
/// All clocks rest on one counter, so a processor that comes up has its time-stamp counter compared with the first one's, and set to it if they
/// cannot be the same. Both processors take part: the first asks, the new one answers.
/// </summary>
public static class CounterComparison
{
    private const uint Rounds = 8, TimeStampNumber = 0x10;

    private static uint asked, answered;
    private static ulong answer;
    private static long correction;

    /// <summary>On the first processor, before another one is started.</summary>
    public static void Prepare()
    {
        asked = answered = 0;
        correction = 0;
    }

    /// <summary>On the first processor, once the other has come up: returns when the counters agree as well as can be told.</summary>
    public static void Ask(uint processor)
    {
        CounterGap gap = CounterGap.Unknown;
        for (uint round = 1; round <= Rounds; round++)
        {
            ulong before = TimeSource.Now;
            Volatile.Write(ref asked, round);
            while (Volatile.Read(ref answered) != round)
                Instructions.Pause();
            gap.Note(before, Volatile.Read(ref answer), TimeSource.Now);
        }
        if (!gap.MayBeNone)
        {
            Log.Always().Text("processor "u8).Number(processor).Text(": its counter differs from the first one's and is set to it"u8).End();
            Volatile.Write(ref correction, unchecked(-gap.Middle));
        }
        Volatile.Write(ref asked, Rounds + 1);
    }

    /// <summary>On the other processor, once it has said that it is up.</summary>
    public static void Answer()
    {
        for (uint round = 1; round <= Rounds; round++)
        {
            AwaitRound(round);
            Volatile.Write(ref answer, TimeSource.Now);
            Volatile.Write(ref answered, round);
        }
        AwaitRound(Rounds + 1);
        long add = Volatile.Read(ref correction);
        if (add != 0)
            Instructions.WriteMsr(TimeStampNumber, unchecked(TimeSource.Now + (ulong)add));
    }

    private static void AwaitRound(uint round)
    {
        while (Volatile.Read(ref asked) != round)
            Instructions.Pause();
    }
}
