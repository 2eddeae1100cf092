using System.Threading;

using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>
/// What the first end does with the second: they give the processor to each other, and send each other events. The same for two virtual CPUs of a
/// domain, for two domains, and on two processors, which is what the number of the first row tells apart.
/// </summary>
internal static unsafe class PairRows
{
    private const int Loops = 8;
    private const int SwitchRow = 0, EventRow = 1, PollRow = 2;

    /// <summary>Each row once. On two processors nobody has to be switched, so that row is left out.</summary>
    internal static void Run(ref End end, Board* board, int firstRow, bool oneProcessor)
    {
        if (oneProcessor)
            Switch(ref end, board, firstRow + SwitchRow);
        Events(ref end, board, firstRow + EventRow);
        Poll(ref end, board, firstRow + PollRow);
        Verdict.Expect(end.IsWell, "a call that the pair made"u8);
    }

    /// <summary>Lets the second leave.</summary>
    internal static void Finish(ref End end, Board* board)
    {
        Set(board, Task.End);
        end.Send();
    }

    private static void Set(Board* board, Task task) => Volatile.Write(ref *(uint*)&board->Task, (uint)task);

    // Each end yields as often as the other, so that every yield is a switch; one more or less where the sample begins and ends.
    private static void Switch(ref End end, Board* board, int row)
    {
        Set(board, Task.Yield);
        Volatile.Write(ref board->Yields, 0);
        end.Send();
        while (Volatile.Read(ref board->Yields) < 2)
            Hypercalls.Yield();
        ulong before = Volatile.Read(ref board->Yields);
        Sample sample = Sample.Begin(row);
        for (int turn = 0; turn < 1 << Loops; turn++)
            Hypercalls.Yield();
        ulong others = Volatile.Read(ref board->Yields) - before;
        sample.Finish(Loops + 1, "switch"u8);
        Verdict.Expect(others + 2 >= 1 << Loops && others <= (1 << Loops) + 2, "the two did not take turns"u8);
        Set(board, Task.Answer);
        end.Block();
    }

    private static void Events(ref End end, Board* board, int row)
    {
        Set(board, Task.Answer);
        Sample sample = Sample.Begin(row);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            end.Send();
            end.Block();
        }

        sample.Finish(Loops, "event"u8);
    }

    private static void Poll(ref End end, Board* board, int row)
    {
        Set(board, Task.AnswerPolling);
        end.Send();
        end.Block();
        end.SetMask(true);
        Sample sample = Sample.Begin(row);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            end.Send();
            end.Poll();
        }

        sample.Finish(Loops, "poll"u8);
        Set(board, Task.Answer);
        end.Send();
        end.Poll();
        end.SetMask(false);
    }
}
