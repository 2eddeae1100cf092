using System.Threading;

using Serai.GuestKit;
using Serai.GuestKit.Rings;

namespace Serai.PairGuest;

/// <summary>The pair as two domains: an event channel between them and a page of the first's.</summary>
internal static unsafe class TwoDomains
{
    private const int FirstRow = 208, FirstRowOfTwoProcessors = 210, Repetitions = 3;
    private const ulong Millisecond = 1_000_000;

    /// <summary>The second: it grants a page of its own and does as it is told.</summary>
    internal static void Serve(ushort peer)
    {
        GrantMapping page = Meeting.Join(peer, out long port);
        var board = (Board*)(page.Address + Board.Offset);
        var end = new End(0, port, port);
        Volatile.Write(ref board->Reference, Grants.Offer(peer, Frames.Take()));
        Second.Run(ref end, board);
    }

    /// <summary>The first.</summary>
    internal static void Measure(ushort peer, bool oneProcessor)
    {
        ulong page = Frames.Take();
        var board = (Board*)(page + Board.Offset);
        long port = Meeting.Offer(peer, page);
        var end = new End(0, port, port, staysAwake: !oneProcessor);
        while (Volatile.Read(ref board->Reference) == 0)
            Alarm.Sleep(Millisecond);
        Alarm.Sleep(Guest.Number("after="u8, 1000) * Millisecond);
        // Joining raises the second's port, which it has answered.
        Events.Acknowledge(port);
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            PairRows.Run(ref end, board, oneProcessor ? FirstRow : FirstRowOfTwoProcessors, oneProcessor);
            if (!oneProcessor)
                continue;
            if (Guest.Number("timers="u8, 0) != 0)
                TimerRows.Run(all: false);
            GrantRow.Run(peer, board->Reference);
        }

        PairRows.Finish(ref end, board);
    }
}
