using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Scheduling;

/// <summary>
/// The number of a watchdog is an index into two, and its seconds are multiplied: ids beside them, and as many seconds as a word holds. In the end
/// none is left that could bite.
/// </summary>
internal static class WatchdogEdges
{
    internal static void Run()
    {
        foreach (uint id in (ReadOnlySpan<uint>)[1, 2, 3, 64, 0x7fff_ffff, uint.MaxValue])
        {
            Verdict.ExpectError(Set(id, 0), Errno.Inval, "letting one go that is not in use"u8);
            Verdict.ExpectError(Set(id, 1), Errno.Inval, "winding up one that is not in use"u8);
        }
        Verdict.ExpectResult(Set(0, 1000), 1, "the first"u8);
        Verdict.ExpectResult(Set(0, uint.MaxValue), 2, "the second, for a century"u8);
        Verdict.ExpectError(Set(0, 1000), Errno.NoSpc, "a third"u8);
        Verdict.ExpectError(Set(3, 1000), Errno.Inval, "the third"u8);
        Verdict.ExpectDone(Set(1, uint.MaxValue), "wound up for a century"u8);
        Verdict.ExpectDone(Set(1, 0), "the first goes"u8);
        Verdict.ExpectResult(Set(0, 1000), 1, "another first"u8);
        Verdict.ExpectDone(Set(1, 0), "that goes"u8);
        Verdict.ExpectDone(Set(2, 0), "the second goes"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, 16), Errno.Fault, "a watchdog without a record"u8);
    }

    private static long Set(uint id, uint seconds)
    {
        SchedWatchdog watchdog = default;
        watchdog.Id = id;
        watchdog.Timeout = seconds;
        return Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, Hypercalls.AddressOf(in watchdog));
    }
}
