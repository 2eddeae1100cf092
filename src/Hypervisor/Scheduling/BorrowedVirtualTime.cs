using Serai.Hypervisor.Domains;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Borrowed virtual time (Duda and Cheriton, SOSP 1999), the policy unless another is chosen.
///
/// Theory. Each virtual CPU has an actual virtual time A, which advances while it runs, the slower the greater its weight. Who has the lowest runs;
/// so the A of all who want to run stay together, and each gets time in proportion to its weight. One that slept begins again no earlier than the
/// others are (the processor's virtual time V), so sleep saves nothing up. One that must answer quickly may be warped: it is taken by its effective
/// virtual time E = A − W, and so borrows from its own future; what it runs still counts in A, so its share in the long run is its weight's. How
/// long it runs warped, and how soon again, is limited, so one that never stops does not profit. The one that runs may get ahead of the
/// first of those who wait by the context-switch allowance C of its own running time, so two of equal claim do not take turns without end.
///
/// Each processor has its own V; A means something on the time line of one processor only. What brings the machine together is that processors
/// compare their time lines, shifted by an offset each: who waits on one that lags goes over to one that is ahead.
/// </summary>
public readonly struct BorrowedVirtualTime : ISchedulingPolicy
{
    /// <summary>How far a processor's time line lags behind the foremost at most: what pins have kept apart for hours is not made up for.</summary>
    private const ulong LongestLag = 100_000_000;

    /// <summary>The lead or lag that a virtual CPU takes with it to another processor at most.</summary>
    private const ulong LongestClaim = 40_000_000;

    /// <summary>How much more one who waits elsewhere must be owed to be moved.</summary>
    private const ulong MoveAllowance = 5_000_000;

    /// <summary>A wish for less than this is not worth a timer.</summary>
    private const ulong Least = 10_000;

    private static ulong frontier;

    /// <summary>C: how much longer the running one may run than its claim alone allows, in nanoseconds.</summary>
    public static ulong SwitchAllowance { get; set; } = UsualSwitchAllowance;

    /// <summary>The context-switch allowance unless told otherwise.</summary>
    public const ulong UsualSwitchAllowance = 1_000_000;

    /// <inheritdoc/>
    public static void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now)
    {
        ref Turn turn = ref vcpu.Turn;
        Advance(ref schedule);
        if (VirtualTimes.Before(turn.Time, schedule.VirtualTime))
            turn.Time = schedule.VirtualTime;
        TryWarp(ref turn, vcpu.Domain.Share, now);
    }

    /// <inheritdoc/>
    public static void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now)
    {
        ref Turn turn = ref running.Turn;
        ref DomainShare share = ref running.Domain.Share;
        VirtualTimes.Run(ref turn.Time, ref turn.Fraction, nanoseconds, share.Rate);
        if (!turn.IsWarped)
            TryWarp(ref turn, share, now);
        else if (share.Warp == 0 || (share.WarpLimit != 0 && turn.WarpLeft <= nanoseconds))
            (turn.IsWarped, turn.WarpAgain) = (false, now + share.UnwarpTime);
        else
            turn.WarpLeft -= share.WarpLimit == 0 ? 0 : nanoseconds;
        Advance(ref schedule);
    }

    private static void TryWarp(ref Turn turn, in DomainShare share, ulong now)
    {
        if (share.Warp == 0 || turn.IsWarped || now < turn.WarpAgain)
            return;
        turn.IsWarped = true;
        turn.WarpLeft = share.WarpLimit;
    }

    /// <inheritdoc/>
    public static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => vcpu.Turn.IsWarped ? unchecked(vcpu.Turn.Time - vcpu.Domain.Share.Warp) : vcpu.Turn.Time;

    /// <inheritdoc/>
    public static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
    {
        const ulong endless = ulong.MaxValue / 4;
        ref DomainShare share = ref running.Domain.Share;
        ulong left = endless;
        if (!schedule.Queue.IsEmpty)
        {
            ulong own = KeyOf(ref schedule, ref running), first = schedule.Queue.First.Value.Turn.Key;
            ulong rate = share.Rate;
            if (VirtualTimes.Before(first, own))
            {
                ulong ahead = VirtualTimes.Nanoseconds(unchecked(own - first), rate);
                left = ahead + Least < SwitchAllowance ? SwitchAllowance - ahead : 0;
            }
            else
            {
                left = SwitchAllowance + VirtualTimes.Nanoseconds(unchecked(first - own), rate);
            }
        }
        bool limited = running.Turn.IsWarped && share.WarpLimit != 0;
        return limited && running.Turn.WarpLeft < left ? running.Turn.WarpLeft : left;
    }

    /// <inheritdoc/>
    public static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
    {
        ref VirtualCpu first = ref here.Queue.First.Value;
        ulong rate = first.Domain.Share.Rate, other = candidate.Domain.Share.Rate;
        ulong allowance = VirtualTimes.Of(MoveAllowance, rate < other ? rate : other);
        return VirtualTimes.Before(unchecked(candidate.Turn.Key + there.Offset + allowance), unchecked(first.Turn.Key + here.Offset));
    }

    /// <inheritdoc/>
    public static void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu)
    {
        ref Turn turn = ref vcpu.Turn;
        Advance(ref to);
        ulong time = unchecked(turn.Time + from.Offset - to.Offset), claim = VirtualTimes.Of(LongestClaim, vcpu.Domain.Share.Rate);
        ulong earliest = unchecked(to.VirtualTime - claim);
        ulong latest = unchecked(to.VirtualTime + claim + (turn.IsWarped ? vcpu.Domain.Share.Warp : 0));
        turn.Time = VirtualTimes.Before(time, earliest) ? earliest : VirtualTimes.Before(latest, time) ? latest : time;
    }

    /// <summary>
    /// Brings a processor's virtual time up to the least of those that run and wait there, and its place among the processors with it: one that
    /// idles is where the foremost is, since nobody on it is owed anything.
    /// </summary>
    private static void Advance(ref ProcessorSchedule schedule)
    {
        ulong lag = 0;
        if (!schedule.IsIdle)
        {
            ulong least = LeastOf(ref schedule, out ulong rate);
            if (VirtualTimes.Before(schedule.VirtualTime, least))
                schedule.VirtualTime = least;
            lag = VirtualTimes.Of(LongestLag, rate);
        }
        ulong place = unchecked(schedule.VirtualTime + schedule.Offset);
        if (VirtualTimes.Before(frontier, place))
            frontier = place;
        else if (VirtualTimes.Before(unchecked(place + lag), frontier))
            schedule.Offset = unchecked(frontier - lag - schedule.VirtualTime);
    }

    /// <summary>The least effective virtual time on a processor that does not idle, and the greater rate of the two that decide it.</summary>
    private static ulong LeastOf(ref ProcessorSchedule schedule, out ulong rate)
    {
        rate = 0;
        ulong least = 0;
        if (!schedule.Queue.IsEmpty)
        {
            ref VirtualCpu first = ref schedule.Queue.First.Value;
            (least, rate) = (first.Turn.Key, first.Domain.Share.Rate);
        }
        if (schedule.Running.IsNull)
            return least;
        ref VirtualCpu running = ref schedule.Running.Value;
        ulong own = KeyOf(ref schedule, ref running), ownRate = running.Domain.Share.Rate;
        least = schedule.Queue.IsEmpty ? own : VirtualTimes.Earlier(own, least);
        rate = rate > ownRate ? rate : ownRate;
        return least;
    }
}
