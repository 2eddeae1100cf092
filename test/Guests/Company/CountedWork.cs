using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A guest that computes without end, beside others that do the same: what each gets done between two moments of the one clock that they share
/// (`from=`, `to=`, in milliseconds) is its share of the processors, as it feels it. `portion=`: the steps of a portion of work; `calls=1`: it makes a
/// short hypercall after each portion, and so feels who has the hypervisor's lock.
/// </summary>
internal static class CountedWork
{
    private const ulong Millisecond = 1_000_000;

    internal static void Run()
    {
        ulong from = Guest.Number("from="u8, 1_000) * Millisecond, to = Guest.Number("to="u8, 2_000) * Millisecond;
        ulong portion = Guest.Number("portion="u8, 2_000);
        bool calls = Guest.Number("calls="u8, 0) != 0;
        Verdict.Expect(Clock.Now < from, "it began too late"u8);
        ulong work = 1, done = 0;
        while (Clock.Now < from)
            work = Compute(work, portion);
        for (; Clock.Now < to; done++)
        {
            work = Compute(work, portion);
            if (calls)
                Hypercalls.Call(Hypercall.XenVersion, (ulong)VersionCommand.Version);
        }
        Verdict.Expect(work != 0, "the work came to nothing"u8);
        Console.Write("work done: "u8);
        Console.Write((long)done);
        Console.Write("\n"u8);
    }

    private static ulong Compute(ulong work, ulong portion)
    {
        for (ulong step = 0; step < portion; step++)
            work = (work ^ work << 13 ^ work >> 7) | 1;
        return work;
    }
}
