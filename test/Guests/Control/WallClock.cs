using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// The initial domain sets the wall clock: seconds, nanoseconds and the system time at which they hold. A difference below zero once stopped this
/// hypervisor. Nobody else may set it.
/// </summary>
internal static class WallClock
{
    internal static void Run()
    {
        Verdict.Expect(Set(0, 0, 5) < 0, "a clock that began before 1970"u8);
        Verdict.Expect(Set(1, 0, 1_000_000_001) < 0, "a clock that began one nanosecond before 1970"u8);
        Verdict.Expect(Set(ulong.MaxValue, 0, 0) < 0, "2^64 - 1 seconds"u8);
        Verdict.Expect(Set(1_700_000_000, uint.MaxValue, 0) < 0, "2^32 - 1 nanoseconds"u8);
        Verdict.Expect(Set(1_700_000_000, 0, ulong.MaxValue) < 0, "2^64 - 1 nanoseconds of system time"u8);
        uint version = Guest.SharedInfo.WallClockVersion;
        uint seconds = Guest.SharedInfo.WallClockSeconds, nanoseconds = Guest.SharedInfo.WallClockNanoseconds;
        long result = Set(1_900_000_000, 250_000_000, 0);
        Verdict.ExpectResult(result, Guest.IsInitial ? 0 : -(long)Errno.Perm, "setting the clock"u8);
        if (!Guest.IsInitial)
            return;
        Verdict.Expect(Guest.SharedInfo.WallClockSeconds == 1_900_000_000 && Guest.SharedInfo.WallClockNanoseconds == 250_000_000, "it is not set"u8);
        Verdict.Expect(Guest.SharedInfo.WallClockVersion == version + 2, "the version of the record"u8);
        Verdict.ExpectDone(Set(seconds, nanoseconds, 0), "setting it back"u8);
        Verdict.ExpectError(Set(1ul << 33, 0, 0), Errno.Inval, "a second that no clock can tell"u8);
    }

    private static long Set(ulong seconds, uint nanoseconds, ulong systemTime)
    {
        ulong page = Frames.Take();
        Frames.Words(page)[0] = (uint)PlatformCommand.SetTime64 | ((ulong)PlatformInterface.Version << 32);
        Frames.Words(page)[1] = seconds;
        Frames.Words(page)[2] = nanoseconds;
        Frames.Words(page)[3] = systemTime;
        return Hypercalls.Call(Hypercall.PlatformOp, page);
    }
}
