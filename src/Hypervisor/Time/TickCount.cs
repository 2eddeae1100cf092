using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Time;

/// <summary>
/// Lost ticks are made up for. A kernel that counts ticks sets its single-shot timer again and again for one span after its present; what a tick is
/// late, each later one is late too, and its clock falls behind for good. Linux does that until it has chosen a clock (docs/book/time.md). Who
/// has done so some times in a row gets its ticks where they would be without lateness: sooner than asked for, one after the other if need be, and
/// never later. Who sets its timer for moments on a grid instead finds nothing changed, since the grid is where its ticks would be.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TickCount
{
    /// <summary>A guest counts ticks once it has set so many alike; the count goes up to twice that, one that is not alike takes two off.</summary>
    private const uint Enough = 8;

    /// <summary>No more than this is made up for, in nanoseconds: who was away for longer has lost the rest.</summary>
    private const ulong MostOwed = 10_000_000_000;

    /// <summary>Ticks are between half a millisecond and 10 ms apart (2000 Hz to 100 Hz); a span may vary by so much above the longest.</summary>
    private const ulong Shortest = 500_000, Longest = 10_100_000, Tolerance = 20_000;

    private ulong span;
    private ulong due;
    private uint alike;

    /// <summary>A timer is set for a deadline: when it should fire.</summary>
    public ulong Adjust(ulong deadline, ulong now)
    {
        ulong left = deadline > now ? deadline - now : 0;
        if (left > Longest || left > span + Tolerance || (alike < Enough && !IsAlike(left)))
        {
            (span, due, alike) = (left <= Longest ? left : 0, deadline, 0);
            return deadline;
        }
        Count(left);
        if (alike < Enough || span < Shortest)
        {
            due = deadline;
            return deadline;
        }
        due += span;
        due = now > MostOwed && due < now - MostOwed ? now - MostOwed : due;
        due = due < deadline ? due : deadline;
        return due;
    }

    /// <summary>Between reading the clock and setting the timer others may have run: then less is left.</summary>
    private readonly bool IsAlike(ulong left) => left > span - span / 4;

    private void Count(ulong left)
    {
        if (!IsAlike(left))
            alike = alike > 2 ? alike - 2 : 0;
        else if (alike < 2 * Enough)
            alike++;
        span = left > span ? left : span;
    }
}
