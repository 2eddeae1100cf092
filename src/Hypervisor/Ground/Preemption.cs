using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.Ground;

/// <summary>
/// How much may still be done before others get their chance, counted from the moment when the lock was taken: by a call, an interrupt, or the end of
/// a wait. What costs much, and every step of a loop over a number that a guest chose or over what a guest can make long, is charged here with one of
/// the prices of <see cref="Cost"/>; a loop stops when the share is used up and goes on later, from what it left in the arguments or in its records.
/// A call has then done at least one step, since its share was whole when it began. Clocks are too slow to ask.
/// </summary>
public static class Preemption
{
    private const long PerMicrosecond = 1000, Usual = 600, MostOver = 100, Slice = 20 * PerMicrosecond;

    // Charged everywhere, so the first of the class's: that one is reached without its base being loaded.
    private static long left, share = Usual * PerMicrosecond;

    /// <summary>What may be done in one go, in microseconds of a thousand instructions; tests make it small.</summary>
    public static long Share
    {
        get => share / PerMicrosecond;
        set => share = value * PerMicrosecond;
    }

    /// <summary>The lock has been taken for something new.</summary>
    public static void Begin()
    {
        HypervisorLock.DemandInTests();
        left = share;
    }

    /// <summary>What has waited long for its turn gets a little more, a sixth of a share, after the share is used up.</summary>
    public static void BeginLittle() => left = share / 6;

    /// <summary>
    /// What follows is to stop early, so that the lock can be given up for others before more of the same is done. Returns what is left of the share
    /// for <see cref="EndSlice"/>.
    /// </summary>
    public static long BeginSlice()
    {
        long rest = left;
        left = share < Slice ? share : Slice;
        return unchecked(rest - left);
    }

    /// <summary>The share goes on with what the slice has left of it.</summary>
    public static void EndSlice(long rest) => left = unchecked(rest + left);

    /// <summary>Something that costs so many instructions or so has been done, or is about to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(ulong cost)
    {
        HypervisorLock.DemandInTests();
        left = unchecked(left - (long)cost);
    }

    /// <summary>The same for several of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(ulong cost, ulong count) => left = unchecked(left - (long)(cost * count));

    /// <summary>Whether who can stop should.</summary>
    public static bool IsDue => left <= 0;

    /// <summary>Whether the share has been used up and more: what need not be done within the present step is given up.</summary>
    public static bool IsFarOver => left < -MostOver * PerMicrosecond;

    /// <summary>
    /// Whether a step that is long and cannot stop half-way may begin: there is enough left for it, or nothing has been done before it. If not the
    /// call is to be made again, and finds a whole share then.
    /// </summary>
    public static bool Allows(ulong cost) => left >= (long)cost || left == share;
}
