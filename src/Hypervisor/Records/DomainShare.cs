using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>What a domain is entitled to (SOSP 1999, Duda and Cheriton, section 2): its weight, and how it may borrow from its own future.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainShare
{
    /// <summary>The weight of a domain that is not given one, and the greatest.</summary>
    public const uint UsualWeight = 256, MostWeight = 65535;

    /// <summary>The longest warp, warp limit and unwarp time, in nanoseconds: beyond a second they would starve others.</summary>
    public const ulong Longest = 1_000_000_000;

    /// <summary>The lead or lag that a virtual CPU takes with it to another processor at most.</summary>
    public const ulong LongestClaim = 40_000_000;

    /// <summary>What it has had of it.</summary>
    public DomainClock Clock;

    /// <summary>How much, in virtual time, of what was done aside for it is not paid yet: nobody has caught up with it.</summary>
    public ulong Aside;

    private uint weight, advance;

    /// <summary>How many of its virtual CPUs run or wait to: they divide the weight among them.</summary>
    public uint Runnable;

    /// <summary>How far, in virtual time, it stands before its claim while it is warped; 0: it never is.</summary>
    public ulong Warp;

    /// <summary>How long it may run warped, in nanoseconds, or 0 for any time; and how long it is then not warped again.</summary>
    public ulong WarpLimit, UnwarpTime;

    /// <summary>What a domain begins with.</summary>
    public static DomainShare Usual
    {
        get
        {
            DomainShare share = default;
            share.Weight = UsualWeight;
            return share;
        }
    }

    /// <summary>The longest lead, in virtual time, that a virtual CPU takes to another processor when it has the weight to itself.</summary>
    public ulong Claim { get; private set; }

    /// <summary>Its weight, 1 to <see cref="MostWeight"/>.</summary>
    public uint Weight
    {
        readonly get => weight;
        set
        {
            weight = value;
            advance = (UsualWeight << VirtualTimes.FractionBits) / value;
            Claim = VirtualTimes.Of(LongestClaim, advance);
        }
    }

    /// <summary>The virtual time that passes for the domain in a nanosecond in which one of its virtual CPUs runs, in units of 2^-16.</summary>
    public readonly ulong Advance => advance;

    /// <summary>The virtual time that passes for each of its virtual CPUs in a nanosecond of running, in units of 2^-16.</summary>
    public readonly ulong Rate => advance * (ulong)(Runnable > 1 ? Runnable : 1);

    /// <summary>Whether these may be a domain's parameters.</summary>
    public static bool AreSound(uint weight, ulong warp, ulong warpLimit, ulong unwarpTime)
        => weight is >= 1 and <= MostWeight && warp <= Longest && warpLimit <= Longest && unwarpTime <= Longest;
}
