using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>What the processor itself tells of its time-stamp counter (SDM vol. 2, CPUID leaves 15h and 16h).</summary>
public static class CounterRate
{
    private const uint RatioLeaf = 0x15, FrequencyLeaf = 0x16;

    /// <summary>No counter is slower.</summary>
    private const ulong LeastHertz = 1_000_000;

    /// <summary>Ticks a second, or 0 where the processor does not tell, or tells what cannot be.</summary>
    public static ulong OfProcessor()
    {
        ulong told = Told();
        return told < LeastHertz ? 0 : told;
    }

    private static ulong Told()
    {
        Instructions.CpuidOrZeros(RatioLeaf, out uint denominator, out uint numerator, out uint crystal, out _);
        if (denominator == 0 || numerator == 0)
            return 0;
        if (crystal != 0)
            return (ulong)crystal * numerator / denominator;
        // Without the crystal's rate the counter runs at the base frequency, which is told in MHz.
        Instructions.CpuidOrZeros(FrequencyLeaf, out uint megahertz, out _, out _, out _);
        return (megahertz & 0xffff) * 1_000_000ul;
    }
}
