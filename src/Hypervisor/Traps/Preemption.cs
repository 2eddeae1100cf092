namespace Serai.Hypervisor.Traps;

/// <summary>
/// How much the present hypercall may still do. A long one stops once its share is used up and is made again after others had their chance; it has
/// then done at least one step, since the count begins with every call. What costs much is counted, in microseconds or so; clocks are too slow to
/// ask.
/// </summary>
public static class Preemption
{
    private static long left;

    /// <summary>What one call may spend before it stops; tests make it small.</summary>
    public static long Share { get; set; } = 1000;

    /// <summary>A hypercall begins.</summary>
    public static void Begin() => left = Share;

    /// <summary>Something that takes about so long has been done.</summary>
    public static void Spend(ulong microseconds) => left = unchecked(left - (long)microseconds);

    /// <summary>Whether the call should stop where it can.</summary>
    public static bool IsDue => left <= 0;
}
