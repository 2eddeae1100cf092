using System.Threading;

using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>The end that does as it is told (<see cref="Task"/>).</summary>
internal static unsafe class Second
{
    /// <summary>Sleeps, does what the board says, answers, until it says that it is over.</summary>
    internal static void Run(ref End end, Board* board)
    {
        while (end.IsWell)
        {
            end.Block();
            switch (TaskOn(board))
            {
                case Task.AnswerPolling:
                    AnswerPolling(ref end, board);
                    break;
                case Task.Yield:
                    Yield(board);
                    break;
                case Task.End:
                    return;
                default:
                    break;
            }

            end.Send();
        }
    }

    private static Task TaskOn(Board* board) => (Task)Volatile.Read(ref *(uint*)&board->Task);

    private static void AnswerPolling(ref End end, Board* board)
    {
        end.SetMask(true);
        while (TaskOn(board) == Task.AnswerPolling && end.IsWell)
        {
            end.Send();
            end.Poll();
        }

        end.SetMask(false);
    }

    private static void Yield(Board* board)
    {
        while (TaskOn(board) == Task.Yield)
        {
            Volatile.Write(ref board->Yields, board->Yields + 1);
            Hypercalls.Yield();
        }
    }
}
