using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// Every guest computes the time itself from a record that the hypervisor fills. A multiplier of 0 divides by zero in Linux; a version left odd
/// hangs it; time that runs backwards breaks everything else.
/// </summary>
internal static class ClockRecord
{
    internal static void Run()
    {
        ref VcpuTimeInfo time = ref Guest.VcpuInfo.Time;
        Verdict.Expect(time.TscToSystemMultiplier != 0 && time.Version != 0 && time.Version % 2 == 0, "the record is not filled"u8);
        Verdict.Expect(Guest.SharedInfo.WallClockVersion % 2 == 0 && Guest.SharedInfo.WallClockSeconds > 1_600_000_000, "the wall clock"u8);
        ulong last = Clock.Now;
        for (int turn = 0; turn < 2000; turn++)
        {
            if (turn % 100 == 0)
                Hypercalls.Yield();
            ulong now = Clock.Now;
            Verdict.Expect(now >= last, "time has run backwards"u8);
            last = now;
        }

        VcpuRunstateInfo first = Snapshot();
        ulong before = Clock.Now;
        while (Clock.Now < before + 2_000_000)
            Hypercalls.Yield();
        VcpuRunstateInfo second = Snapshot();
        Verdict.Expect(Sum(second) >= Sum(first) + 2_000_000, "the times of the runstates do not add up to the clock's"u8);
        Verdict.Expect(second.State == Runstate.Running, "who asks does not run"u8);
    }

    private static ulong Sum(in VcpuRunstateInfo info) => info.TimeRunning + info.TimeRunnable + info.TimeBlocked + info.TimeOffline;

    private static VcpuRunstateInfo Snapshot()
    {
        VcpuRunstateInfo info = default;
        Verdict.ExpectDone(
            Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.GetRunstateInfo, 0, Hypercalls.AddressOf(in info)), "get_runstate_info"u8);
        return info;
    }
}
