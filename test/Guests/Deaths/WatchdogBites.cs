using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A kernel that hangs with its events masked can be told nothing. Its watchdog, wound up once more before, ends it all the same.
/// </summary>
internal static class WatchdogBites
{
    internal static void Run()
    {
        SchedWatchdog watchdog = default;
        watchdog.Timeout = 1;
        long id = Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, Hypercalls.AddressOf(in watchdog));
        Verdict.ExpectResult(id, 1, "the first watchdog"u8);
        watchdog.Id = 1;
        watchdog.Timeout = 2;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Watchdog, Hypercalls.AddressOf(in watchdog)), "wound up"u8);
        Guest.VcpuInfo.EventUpcallMask = 1;
        for (ulong end = Clock.Now + 600_000_000_000; Clock.Now < end;)
        {
        }
        Verdict.Expect(false, "it lives"u8);
    }
}
