using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.Ground;

/// <summary>
/// How much may still be done before others get their chance, counted from the moment when the lock was taken: by a call, an interrupt, or the end of
/// a wait. What costs much, and every step of a loop over a number that a guest chose or over what a guest can make long, is charged here with one of
/// the prices of <see cref="Cost"/>; a loop stops when the budget is used up and goes on later, from what it left in the arguments or in its records.
/// A call has then done at least one step, since its budget was whole when it began. Clocks are too slow to ask.
/// </summary>
public static class Preemption
{
    private const long PerMicrosecond = 1000, MostOver = 100, Slice = 20 * PerMicrosecond;

    /// <summary>A budget where nobody makes it small, in instructions.</summary>
    internal const long UsualBudget = 600 * PerMicrosecond;

    /// <summary>What is left of the budget.</summary>
    // Charged everywhere, so the first of the room's: that one is reached without its base being loaded, where it is not named by reference.
    public static long Left
    {
        get => GroundState.Now.PreemptionLeft;
        private set => GroundState.Now.PreemptionLeft = value;
    }

    private static ref long PresentBudget => ref GroundState.Now.PreemptionPresentBudget;

    /// <summary>What may be done in one go, in microseconds of a thousand instructions; tests make it small.</summary>
    public static long Budget
    {
        get => PresentBudget / PerMicrosecond;
        set => PresentBudget = value * PerMicrosecond;
    }

    /// <summary>The lock has been taken for something new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Begin()
    {
        HypervisorLock.DemandInTests();
        Left = PresentBudget;
    }

    /// <summary>What has waited long for its turn gets a little more, a sixth of a budget, after the budget is used up.</summary>
    public static void BeginLittle() => Left = PresentBudget / 6;

    /// <summary>
    /// What follows is to stop early, so that the lock can be given up for others before more of the same is done. Returns what is left of the budget
    /// for <see cref="EndSlice"/>.
    /// </summary>
    public static long BeginSlice()
    {
        long rest = Left;
        Left = PresentBudget < Slice ? PresentBudget : Slice;
        return unchecked(rest - Left);
    }

    /// <summary>The budget goes on with what the slice has left of it.</summary>
    public static void EndSlice(long rest) => Left = unchecked(rest + Left);

    /// <summary>The lock has been another's, who has begun a budget of its own: the former goes on with what was left of it.</summary>
    public static void GoOn(long rest) => Left = rest;

    /// <summary>Something that costs so many instructions or so has been done, or is about to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(ulong cost)
    {
        HypervisorLock.DemandInTests();
        Left = unchecked(Left - (long)cost);
    }

    /// <summary>The same for several of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(ulong cost, ulong count) => Left = unchecked(Left - (long)(cost * count));

    /// <summary>Whether who can stop should.</summary>
    public static bool IsDue => Left <= 0;

    /// <summary>Whether the budget has been used up and more: what need not be done within the present step is given up.</summary>
    public static bool IsFarOver => Left < -MostOver * PerMicrosecond;

    /// <summary>
    /// Whether a step that is long and cannot stop half-way may begin: there is enough left for it, or nothing has been done before it. If not the
    /// call is to be made again, and finds a whole budget then.
    /// </summary>
    public static bool Allows(ulong cost) => Left >= (long)cost || Left == PresentBudget;
}
