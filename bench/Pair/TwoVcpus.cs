using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>The pair as two virtual CPUs of one domain, with an IPI each.</summary>
internal static unsafe class TwoVcpus
{
    private const int FirstRow = 192, FirstRowOfTwoProcessors = 194, Repetitions = 3;
    private const uint Other = 1;

    private static Board* board;
    private static End first, second;
    private static bool runs, pins;

    /// <summary>Starts the second virtual CPU and measures.</summary>
    internal static void Measure(bool oneProcessor)
    {
        pins = !oneProcessor;
        board = (Board*)(Frames.Take() + Board.Offset);
        long here = Events.BindIpi(), there = Events.BindIpi(Other);
        first = new End(0, here, there);
        second = new End((int)Other, there, here);
        ulong context = VirtualProcessors.MakeContext((ulong)(delegate*<void>)&RunSecond);
        Verdict.ExpectDone(VirtualProcessors.Initialise(Other, context), "initialise"u8);
        Verdict.ExpectDone(VirtualProcessors.Up(Other), "up"u8);
        while (!Volatile.Read(ref runs))
            Alarm.Sleep(1_000_000);
        if (pins)
            first.Pin(0);
        Alarm.Sleep(1_000_000_000);
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            PairRows.Run(ref first, board, oneProcessor ? FirstRow : FirstRowOfTwoProcessors, oneProcessor);
            if (oneProcessor)
                TimerRows.Run(all: true);
        }

        PairRows.Finish(ref first, board);
        if (oneProcessor)
            DownAndUp();
    }

    /// <summary>The second one takes itself down each time that it is let run.</summary>
    private static void DownAndUp()
    {
        const int loops = 8, row = 203;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            while (VirtualProcessors.IsUp(Other) != 0)
                Hypercalls.Yield();
            long result = 0;
            Sample sample = Sample.Begin(row);
            for (int turn = 0; turn < 1 << loops; turn++)
            {
                result |= VirtualProcessors.Up(Other);
                while (VirtualProcessors.IsUp(Other) != 0)
                    Hypercalls.Yield();
            }

            sample.Finish(loops, "vcpu"u8);
            Verdict.ExpectResult(result, 0, "down and up"u8);
        }
    }

    private static void RunSecond()
    {
        Traps.SetCallback(CallbackType.Event, Assembly.SecondEventEntry());
        if (pins)
            second.Pin((int)Other);
        Volatile.Write(ref runs, true);
        Second.Run(ref second, board);
        while (true)
            VirtualProcessors.Down(Other);
    }
}
