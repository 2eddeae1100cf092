namespace Serai.Machine.Processor;

/// <summary>SMAP: the simulated memory knows no rings.</summary>
public static class GuestWindow
{
    /// <summary>Whether ring 0 is kept from guests' pages.</summary>
    public static bool IsGuarded { get; internal set; }

    /// <summary>Makes the windows.</summary>
    public static void Guard() => IsGuarded = true;
}
