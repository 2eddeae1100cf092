using System.Runtime.CompilerServices;

using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Borrowed virtual time (Duda and Cheriton, SOSP 1999), the policy unless another is chosen.
///
/// Theory. Each domain has an actual virtual time A, which advances while one of its virtual CPUs runs, the slower the greater its weight. Who has
/// the lowest runs; so the A of all who want to run stay together, and each gets time in proportion to its weight. One that slept begins again no
/// earlier than the others are (the processor's virtual time V), so sleep saves nothing up. One that must answer quickly may be warped: it is
/// taken by its effective virtual time E = A − W, and so borrows from its own future; what it runs still counts in A, so its share in the long run is
/// its weight's. How long it runs warped, and how soon again, is limited, so one that never stops does not profit. The one that runs may get ahead of
/// the first of those who wait by the context-switch allowance C of its own running time, so two of equal claim do not take turns without end.
///
/// The invariant: A is the domain's (<see cref="DomainClock"/>), and all its virtual CPUs stand at it. So it does not matter to others which of them
/// ran, slept, woke, went down or moved. Between themselves the one goes first that has had least, by a virtual time of its own
/// (<see cref="Turn.Time"/>), which advances by the domain's rate times the number of those that want to run; by it they are also distributed.
///
/// Each processor has its own V; A means something on the time base of one processor only. What brings the machine together is that processors
/// compare their time bases, shifted by an offset each: who waits on one that lags goes over to one that is ahead.
/// </summary>
public static class BorrowedVirtualTime
{
    /// <summary>How far a processor's time base lags behind the foremost at most: what pins have kept apart for hours is not made up for.</summary>
    private const ulong LongestLag = 100_000_000;

    /// <summary>How much more one who waits elsewhere must be owed to be moved.</summary>
    private const ulong MoveAllowance = 3_000_000;

    /// <summary>What is done aside for a domain faster than others catch up with it counts for so much at most.</summary>
    private const ulong MostAside = 1_000_000_000;

    /// <summary>A wish for less than this is not worth a timer.</summary>
    private const ulong Least = 10_000;

    /// <summary>So many keys that are out of date are set right in one go; a machine has more virtual CPUs than anybody is to wait for.</summary>
    private const int MostRefreshed = 32;

    private static ref ulong Frontier => ref SchedulingState.Now.BorrowedVirtualTimeFrontier;

    /// <summary>C: how much longer the running one may run than its claim alone allows, in nanoseconds.</summary>
    public static ref ulong SwitchAllowance => ref SchedulingState.Now.BorrowedVirtualTimeSwitchAllowance;

    /// <summary>The context-switch allowance unless told otherwise.</summary>
    public const ulong UsualSwitchAllowance = 1_000_000;

    /// <inheritdoc cref="Policy.Wake"/>
    public static void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now)
    {
        const ulong farthest = 1ul << 60;
        ref Turn turn = ref vcpu.Turn;
        ref DomainShare share = ref vcpu.Domain.Share;
        if (share.Warp != 0)
            TryWarp(share, ref share.Clock, now);
        ulong clock = Follow(ref schedule, ref share.Clock);
        SettleAside(schedule, ref share);
        // What is too far ahead to be a lead is behind: the numbers go round.
        if (share.Runnable <= 1 && unchecked(clock - schedule.VirtualTime) > farthest)
            turn.Time = share.Clock.Time = schedule.VirtualTime;
        else
            Catch(schedule, ref turn, share, clock);
    }

    /// <summary>One that wakes while its domain is ahead, or has others awake, is where the domain is, if it has not had more itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Catch(in ProcessorSchedule schedule, ref Turn turn, in DomainShare share, ulong clock)
    {
        ulong time = VirtualTimes.Earlier(clock, FarthestOn(schedule, share));
        if (share.Runnable <= 1 || VirtualTimes.Before(turn.Time, time))
            turn.Time = time;
    }

    /// <inheritdoc cref="Policy.Settle"/>
    public static void Settle(ref ProcessorSchedule schedule) => Advance(ref schedule);

    /// <inheritdoc cref="Policy.Charge"/>
    public static void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now)
    {
        ref Turn turn = ref running.Turn;
        ref DomainShare share = ref running.Domain.Share;
        ref DomainClock clock = ref share.Clock;
        bool isHere = clock.Base == schedule.Number && !VirtualTimes.Before(clock.Time, schedule.VirtualTime);
        if (isHere && share.Runnable <= 1 && clock.Time == turn.Time)
        {
            VirtualTimes.Run(ref clock.Time, ref clock.Fraction, nanoseconds, share.Advance);
            turn.Time = clock.Time;
        }
        else
        {
            ChargeUnusual(ref schedule, ref turn, ref share, nanoseconds);
        }
        if (share.Warp != 0 || clock.IsWarped)
            KeepWarp(share, ref clock, nanoseconds, now);
        Reach(ref schedule, KeyOf(schedule, share, turn.Time));
    }

    /// <summary>Charges one that is not alone of its domain, or whose domain is behind or was elsewhere.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChargeUnusual(ref ProcessorSchedule schedule, ref Turn turn, ref DomainShare share, ulong nanoseconds)
    {
        ref DomainClock clock = ref share.Clock;
        ulong rate = share.Rate, claim = VirtualTimes.Of(DomainShare.LongestClaim, rate), earliest = unchecked(schedule.VirtualTime - claim);
        if (VirtualTimes.Before(Follow(ref schedule, ref clock), earliest))
            clock.Time = earliest;
        VirtualTimes.Run(ref clock.Time, ref clock.Fraction, nanoseconds, share.Advance);
        ulong farthest = Farthest(schedule, share, claim);
        if (share.Runnable <= 1)
            turn.Time = VirtualTimes.Earlier(clock.Time, farthest);
        else
            VirtualTimes.Run(ref turn.Time, ref turn.Fraction, nanoseconds, rate);
        if (share.Runnable > 1 && VirtualTimes.Before(farthest, clock.Time))
            (turn.Time, share.Aside) = (unchecked(turn.Time + share.Aside * share.Runnable), 0);
        else
            SettleAside(schedule, ref share);
    }

    /// <summary>
    /// What was done aside is in the domain's virtual time, and paid as the others catch up with that. Until they have, the domain is not too far
    /// ahead to stand where it is: its virtual CPUs do not go by their own times, or the debt were that of none of them.
    /// </summary>
    private static void SettleAside(in ProcessorSchedule schedule, ref DomainShare share)
    {
        long lead = unchecked((long)(share.Clock.Time - schedule.VirtualTime - share.Claim));
        if (lead <= 0)
            share.Aside = 0;
        else if ((ulong)lead < share.Aside)
            share.Aside = (ulong)lead;
    }

    private static void KeepWarp(in DomainShare share, ref DomainClock clock, ulong nanoseconds, ulong now)
    {
        if (!clock.IsWarped)
            TryWarp(share, ref clock, now);
        else if (share.Warp == 0 || (share.WarpLimit != 0 && clock.WarpLeft <= nanoseconds))
            (clock.IsWarped, clock.WarpAgain) = (false, now + share.UnwarpTime);
        else
            clock.WarpLeft -= share.WarpLimit == 0 ? 0 : nanoseconds;
    }

    private static void TryWarp(in DomainShare share, ref DomainClock clock, ulong now)
    {
        if (share.Warp == 0 || clock.IsWarped || now < clock.WarpAgain)
            return;
        clock.IsWarped = true;
        clock.WarpLeft = share.WarpLimit;
    }

    /// <inheritdoc cref="Policy.ChargeAside"/>
    public static void ChargeAside(ref ProcessorSchedule schedule, ref DomainShare share, ulong nanoseconds)
    {
        ulong clock = Follow(ref schedule, ref share.Clock);
        if (share.Runnable == 0 && VirtualTimes.Before(clock, schedule.VirtualTime))
            share.Clock.Time = schedule.VirtualTime;
        SettleAside(schedule, ref share);
        ulong most = VirtualTimes.Of(MostAside, share.Advance), room = share.Aside < most ? most - share.Aside : 0, added = 0;
        VirtualTimes.Run(ref added, ref share.Clock.Fraction, nanoseconds, share.Advance);
        added = added < room ? added : room;
        share.Clock.Time = unchecked(share.Clock.Time + added);
        share.Aside += added;
    }

    /// <inheritdoc cref="Policy.Owes"/>
    public static bool Owes(ref ProcessorSchedule schedule, ref DomainShare share)
    {
        Follow(ref schedule, ref share.Clock);
        SettleAside(schedule, ref share);
        return share.Aside != 0;
    }

    /// <inheritdoc cref="Policy.Refresh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refresh(ref ProcessorSchedule schedule)
    {
        if (schedule.Queue.IsEmpty)
            return;
        ref VirtualCpu first = ref schedule.Queue.First.Value;
        ulong key = KeyOf(ref schedule, ref first);
        if (!VirtualTimes.Before(first.Turn.Key, key))
            return;
        // One that waits alone is the first whatever its key.
        if (schedule.Queue.Count == 1)
            first.Turn.Key = key;
        else
            SetRight(ref schedule, key);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetRight(ref ProcessorSchedule schedule, ulong key)
    {
        for (int turn = 0; turn < MostRefreshed; turn++)
        {
            schedule.Queue.Delay(ref schedule.Queue.First.Value, key);
            ref VirtualCpu first = ref schedule.Queue.First.Value;
            key = KeyOf(ref schedule, ref first);
            if (!VirtualTimes.Before(first.Turn.Key, key))
                return;
        }
    }

    /// <inheritdoc cref="Policy.KeyOf"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => KeyOf(schedule, vcpu.Domain.Share, vcpu.Turn.Time);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(in ProcessorSchedule schedule, in DomainShare share, ulong own)
    {
        ulong time = share.Clock.Time;
        // Within the claim that one has who has the weight to itself nothing is too far ahead.
        if (share.Clock.Base != schedule.Number || VirtualTimes.Before(unchecked(schedule.VirtualTime + share.Claim), time))
            time = PlaceOf(schedule, share, own);
        return share.Clock.IsWarped ? unchecked(time - share.Warp) : time;
    }

    /// <summary>Where a virtual CPU of its own time stands: where its domain does, unless that is too far ahead.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong PlaceOf(in ProcessorSchedule schedule, in DomainShare share, ulong own)
    {
        ulong time = ClockOn(schedule, share.Clock);
        return VirtualTimes.Before(FarthestOn(schedule, share), time) ? own : time;
    }

    /// <summary>A domain's virtual time on the time base of a processor.</summary>
    private static ulong ClockOn(in ProcessorSchedule schedule, in DomainClock clock)
        => clock.Base == schedule.Number ? clock.Time : unchecked(clock.Time + ProcessorSchedule.All[clock.Base].Offset - schedule.Offset);

    /// <summary>Lets a domain's virtual time be told on the time base of a processor from now on, and tells it.</summary>
    private static ulong Follow(ref ProcessorSchedule schedule, ref DomainClock clock)
    {
        if (clock.Base != schedule.Number)
            (clock.Time, clock.Base) = (ClockOn(schedule, clock), schedule.Number);
        return clock.Time;
    }

    /// <summary>
    /// The latest time at which a virtual CPU of a domain joins a processor's queue. One whose domain is further ahead has run elsewhere what
    /// this processor's others have not; it waits its time once, and then goes by what it has run itself.
    /// </summary>
    private static ulong FarthestOn(in ProcessorSchedule schedule, in DomainShare share)
        => Farthest(schedule, share, VirtualTimes.Of(DomainShare.LongestClaim, share.Rate));

    private static ulong Farthest(in ProcessorSchedule schedule, in DomainShare share, ulong claim)
        => unchecked(schedule.VirtualTime + claim + share.Aside + (share.Clock.IsWarped ? share.Warp : 0));

    /// <inheritdoc cref="Policy.Allowance"/>
    public static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
    {
        const ulong endless = ulong.MaxValue / 4;
        ref DomainShare share = ref running.Domain.Share;
        ulong left = endless;
        if (!schedule.Queue.IsEmpty)
        {
            ulong own = KeyOf(ref schedule, ref running), first = schedule.Queue.First.Value.Turn.Key;
            ulong rate = share.Advance;
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
        bool limited = share.Clock.IsWarped && share.WarpLimit != 0;
        return limited && share.Clock.WarpLeft < left ? share.Clock.WarpLeft : left;
    }

    /// <inheritdoc cref="Policy.IsOwed"/>
    public static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
    {
        ref VirtualCpu first = ref here.Queue.First.Value;
        ulong rate = first.Domain.Share.Rate, other = candidate.Domain.Share.Rate;
        ulong allowance = VirtualTimes.Of(MoveAllowance, rate < other ? rate : other);
        ulong owed = ClaimOn(there, candidate), claimed = ClaimOn(here, first);
        return VirtualTimes.Before(unchecked(owed + there.Offset + allowance), unchecked(claimed + here.Offset));
    }

    /// <summary>
    /// Where a virtual CPU stands by what it has run itself: that of a domain the processors share out. Nobody is further behind than all of its
    /// processor are.
    /// </summary>
    private static ulong ClaimOn(in ProcessorSchedule schedule, in VirtualCpu vcpu)
    {
        ref DomainShare share = ref vcpu.Domain.Share;
        ulong claim = share.Clock.IsWarped ? unchecked(vcpu.Turn.Time - share.Warp) : vcpu.Turn.Time;
        return VirtualTimes.Before(claim, schedule.VirtualTime) ? schedule.VirtualTime : claim;
    }

    /// <inheritdoc cref="Policy.Move"/>
    public static void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu)
    {
        ref Turn turn = ref vcpu.Turn;
        ref DomainShare share = ref vcpu.Domain.Share;
        Advance(ref to);
        ulong time = unchecked(turn.Time + from.Offset - to.Offset);
        ulong earliest = unchecked(to.VirtualTime - VirtualTimes.Of(DomainShare.LongestClaim, share.Rate)), latest = FarthestOn(to, share);
        turn.Time = VirtualTimes.Before(time, earliest) ? earliest : VirtualTimes.Earlier(time, latest);
        if (VirtualTimes.Before(ClockOn(to, share.Clock), earliest))
            (share.Clock.Time, share.Clock.Base) = (earliest, to.Number);
    }

    /// <summary>
    /// Brings a processor's virtual time up to the least of those that run and wait there, and its place among the processors with it: one that
    /// idles is where the foremost is, since nobody on it is owed anything.
    /// </summary>
    private static void Advance(ref ProcessorSchedule schedule)
    {
        if (!schedule.Running.IsNull)
            Reach(ref schedule, KeyOf(ref schedule, ref schedule.Running.Value));
        else if (!schedule.Queue.IsEmpty)
            Reach(ref schedule, schedule.Queue.First.Value.Turn.Key);
        else
            TakePlace(ref schedule);
    }

    /// <summary>The same where the key of the one that runs, or else of the first that waits, is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reach(ref ProcessorSchedule schedule, ulong least)
    {
        if (!schedule.Queue.IsEmpty)
            least = VirtualTimes.Earlier(least, schedule.Queue.First.Value.Turn.Key);
        if (VirtualTimes.Before(schedule.VirtualTime, least))
            schedule.VirtualTime = least;
        TakePlace(ref schedule);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TakePlace(ref ProcessorSchedule schedule)
    {
        ulong place = unchecked(schedule.VirtualTime + schedule.Offset);
        if (VirtualTimes.Before(place, Frontier))
            MoveUp(ref schedule, place);
        else
            Frontier = place;
    }

    /// <summary>Moves a processor up that is behind the foremost by more than it may.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MoveUp(ref ProcessorSchedule schedule, ulong place)
    {
        ulong lag = schedule.IsIdle ? 0 : VirtualTimes.Of(LongestLag, RateOf(schedule));
        if (VirtualTimes.Before(unchecked(place + lag), Frontier))
            schedule.Offset = unchecked(Frontier - lag - schedule.VirtualTime);
    }

    /// <summary>The greater rate of the running one and the first that waits, on a processor that does not idle.</summary>
    private static ulong RateOf(in ProcessorSchedule schedule)
    {
        ulong running = schedule.Running.IsNull ? 0 : schedule.Running.Value.Domain.Share.Rate;
        ulong first = schedule.Queue.IsEmpty ? 0 : schedule.Queue.First.Value.Domain.Share.Rate;
        return running > first ? running : first;
    }
}
