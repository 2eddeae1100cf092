using System.Runtime;

using Serai.GuestKit;

namespace Serai.Examples.Pipeline;

/// <summary>
/// Three threads in a row: the first sends the numbers from 1 up in bursts, one each millisecond of the timer; the second squares them; the third
/// adds up. numbers=N says how many (10000 unless given).
/// </summary>
internal static unsafe class Program
{
    private const ulong Burst = 500, Millisecond = 1_000_000;

    private static Stage raw, squared;
    private static ulong sum;

    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        ulong count = Guest.Number("numbers="u8, 10_000);
        raw.Open();
        squared.Open();
        Threads.Start((ulong)(delegate*<ulong, void>)&Send, count);
        Threads.Start((ulong)(delegate*<ulong, void>)&Square, count);
        Threads.Start((ulong)(delegate*<ulong, void>)&Add, count);
        Threads.WaitForAll();
        bool right = sum == count * (count + 1) * ((2 * count) + 1) / 6;
        Console.Write(right ? "PASS pipeline: the squares up to "u8 : "FAIL pipeline: the squares up to "u8);
        Console.Write((long)count);
        Console.Write(" add up to "u8);
        Console.Write((long)sum);
        Console.Write("\n"u8);
    }

    private static void Send(ulong count)
    {
        for (ulong number = 1; number <= count; number++)
        {
            raw.Put(number);
            if (number % Burst != 0)
                continue;
            Alarm.Set(Clock.Now + Millisecond);
            Threads.WaitFor(Alarm.Port);
        }
    }

    private static void Square(ulong count)
    {
        for (ulong turn = 0; turn < count; turn++)
        {
            ulong number = raw.Take();
            squared.Put(number * number);
        }
    }

    private static void Add(ulong count)
    {
        for (ulong turn = 0; turn < count; turn++)
            sum += squared.Take();
    }
}
