namespace Serai.Hypervisor.Traps;

/// <summary>
/// How much the present hypercall has done. A long one stops once its share is used up and is made again after others had their chance; it has
/// then done at least one step, since the count begins with every call. What costs much is counted, in microseconds or so; clocks are too slow to
/// ask.
/// </summary>
public static class Preemption
{
    private const ulong Share = 1000;

    private static ulong spent;

    /// <summary>A hypercall begins.</summary>
    public static void Begin() => spent = 0;

    /// <summary>Something that takes about so long has been done.</summary>
    public static void Spend(ulong microseconds) => spent = unchecked(spent + microseconds);

    /// <summary>Whether the call should stop where it can.</summary>
    public static bool IsDue => spent >= Share;
}
