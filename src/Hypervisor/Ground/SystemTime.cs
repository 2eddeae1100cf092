using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Ground;

/// <summary>
/// System time: nanoseconds since the hypervisor started, computed from the time-stamp counter by one multiplication that guests repeat with the
/// same numbers (public/xen.h, vcpu_time_info). All records have the same origin, so the clocks of guests agree with each other and with ours.
/// </summary>
public static class SystemTime
{
    private const ulong Billion = 1_000_000_000;

    /// <summary>Seconds after 1970 that no clock can tell.</summary>
    public const ulong LatestSecond = 1ul << 33;

    private static ref ulong Origin => ref GroundState.Now.SystemTimeOrigin;
    private static ref uint Multiplier => ref GroundState.Now.SystemTimeMultiplier;
    private static ref int Shift => ref GroundState.Now.SystemTimeShift;
    private static ref ulong WallSeconds => ref GroundState.Now.SystemTimeWallSeconds;
    private static ref uint WallNanoseconds => ref GroundState.Now.SystemTimeWallNanoseconds;

    /// <summary>Starts the clock at zero now, for a counter of the given frequency in Hz, 1 kHz or more.</summary>
    public static void Initialise(ulong frequency, ulong now)
    {
        GroundState.Now.SystemTimeHertz = frequency;
        Origin = now;
        Shift = 0;
        for (; frequency > 2 * Billion; frequency >>= 1)
            Shift--;
        for (; frequency <= Billion; frequency <<= 1)
            Shift++;
        Multiplier = (uint)((Billion << 32) / frequency);
    }

    /// <summary>The counter's frequency in kHz.</summary>
    public static uint Kilohertz => (uint)(GroundState.Now.SystemTimeHertz / 1000);

    /// <summary>System time now.</summary>
    public static ulong Now => At(TimeSource.Now);

    /// <summary>Nanoseconds since a system time; 0 where this processor's clock has not come there yet.</summary>
    public static ulong Since(ulong earlier) => Duration.Between(earlier, Now);

    /// <summary>System time at a value of the counter; a value from before the origin is time 0.</summary>
    public static ulong At(ulong counter) => NanosecondsOf(Duration.Between(Origin, counter));

    /// <summary>Nanoseconds that so many ticks of the counter take, however many they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NanosecondsOf(ulong ticks)
    {
        int shift = Shift;
        ulong multiplier = Multiplier, delta = shift >= 0 ? ticks << shift : ticks >> -shift;
        return unchecked((delta >> 32) * multiplier + ((delta & uint.MaxValue) * multiplier >> 32));
    }

    /// <summary>
    /// Tells that it is `seconds` and `nanoseconds` after 1970 now; shared pages made from here on carry it. An RTC that is dead tells
    /// what it likes: what cannot be is 1970.
    /// </summary>
    public static void SetWallClock(ulong seconds, uint nanoseconds, ulong systemTime)
    {
        ulong start = Duration.Between(systemTime, (seconds < LatestSecond ? seconds : 0) * Billion + nanoseconds);
        WallSeconds = start / Billion;
        WallNanoseconds = (uint)(start % Billion);
    }

    /// <summary>Nanoseconds since 1970 at a system time.</summary>
    public static ulong WallClockAt(ulong systemTime) => WallSeconds * Billion + WallNanoseconds + systemTime;

    /// <summary>Writes the wall clock into a domain's shared page, in the protocol of odd versions.</summary>
    public static void PublishWallClock(ref SharedInfo shared)
    {
        Volatile.Write(ref shared.WallClockVersion, unchecked(shared.WallClockVersion + 1) | 1);
        shared.WallClockSeconds = unchecked((uint)WallSeconds);
        shared.WallClockSecondsHigh = (uint)(WallSeconds >> 32);
        shared.WallClockNanoseconds = WallNanoseconds;
        Volatile.Write(ref shared.WallClockVersion, unchecked(shared.WallClockVersion + 1));
    }

    /// <summary>Writes how this clock is computed into a time record, in the protocol of odd versions.</summary>
    public static void Fill(ref VcpuTimeInfo time)
    {
        Volatile.Write(ref time.Version, unchecked(time.Version + 1) | 1);
        time.TscTimestamp = Origin;
        time.SystemTime = 0;
        time.TscToSystemMultiplier = Multiplier;
        // From -34 to 20 (Initialise): it fits.
        time.TscShift = unchecked((sbyte)Shift);
        time.Flags = VcpuTimeFlags.TscStable;
        Volatile.Write(ref time.Version, unchecked(time.Version + 1));
    }
}
