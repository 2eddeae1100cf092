using System.Runtime;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchWorker;

/// <summary>
/// One of many that compute. Every copy is there from the beginning and sleeps; in window k of the machine's time the first 2^k of them work
/// (see <see cref="Windows"/>), and what each has got done in which window it tells after the last one. With calls=N it makes
/// and closes N event channels after each portion; with ends=1 it powers off at last.
/// </summary>
internal static class Program
{
    private const int Most = 12;

    private static readonly ulong[] done = new ulong[Most];

    private static ulong calls;

    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        Introduce();
        Windows windows = Windows.FromCommandLine();
        calls = Guest.Number("calls="u8, 0);
        if (windows.Count > Most || windows.Beginning(0) < Clock.Now)
            Failure.Stop("it began too late, or has too many windows"u8, Clock.Now);
        for (int window = 0; window < windows.Count; window++)
            if (windows.IsMine(window))
                done[window] = Work(windows.Beginning(window), windows.End(window));
        Alarm.SleepUntil(windows.Beginning(windows.Count));
        for (int window = 0; window < windows.Count; window++)
            if (windows.IsMine(window))
                Tell(windows, window);
        Console.WriteLine("PASS worker"u8);
        if (Guest.Number("ends="u8, 0) != 0)
            Hypercalls.Shutdown(ShutdownReason.PowerOff);
        while (true)
            Alarm.Sleep(1_000_000_000_000);
    }

    /// <summary>Its first instruction by system time, and how far the counter, which is the machine's own clock, is ahead of that.</summary>
    private static void Introduce()
    {
        ulong counter = Clock.TimeStamp;
        Console.Write("hello: first instruction at "u8);
        Console.Write((long)Clock.Beginning);
        Console.Write(" ns, counter ahead by "u8);
        Console.Write((long)(counter - Clock.At(counter)));
        Console.Write("\n"u8);
    }

    private static ulong Work(ulong from, ulong to)
    {
        Alarm.SleepUntil(from);
        for (ulong portions = 0; ; portions++)
        {
            ulong sum = Portion.Compute();
            if (sum != Portion.Expected)
                Failure.Stop("a portion of work came out wrong"u8, sum);
            for (ulong call = 0; call < calls; call++)
                Events.Close(Events.AllocateUnbound(0));
            if (Clock.Now >= to)
                return portions;
        }
    }

    private static void Tell(in Windows windows, int window)
    {
        Console.Write("WORK workers="u8);
        Console.Write(1L << window);
        Console.Write(" portions="u8);
        Console.Write((long)done[window]);
        Console.Write(" nanoseconds="u8);
        Console.Write((long)(windows.End(window) - windows.Beginning(window)));
        Console.Write(" sum="u8);
        Console.WriteHex(Portion.Compute());
        Console.Write("\n"u8);
    }
}
