using System.Runtime;

using Serai.GuestKit;

namespace Serai.Examples.Ticker;

/// <summary>
/// Says hello with the time of its first instruction, then sleeps and wakes for ever: every=MILLISECONDS (500 unless given). After ticks=N of them
/// (4 unless given) it says so once, and with ends=1 powers off.
/// </summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        const ulong millisecond = 1_000_000;
        ulong period = Guest.Number("every="u8, 500) * millisecond, announced = Guest.Number("ticks="u8, 4);
        Console.Write("hello: first instruction at "u8);
        Console.Write((long)Clock.Beginning);
        Console.WriteLine(" ns"u8);
        ulong next = Clock.Now;
        bool ends = Guest.Number("ends="u8, 0) != 0;
        for (ulong ticks = 1; !ends || ticks <= announced; ticks++)
        {
            next += period;
            Alarm.SleepUntil(next);
            if (ticks == announced)
                Say(ticks);
        }
    }

    private static void Say(ulong ticks)
    {
        Console.Write("has ticked "u8);
        Console.Write((long)ticks);
        Console.WriteLine(" times"u8);
    }
}
