namespace Serai.Machine.Processor;

/// <summary>Nothing is measured here, and the rules are <see cref="HypervisorLock"/>'s.</summary>
public static class LockWatch
{
    /// <summary>Not the checked image.</summary>
    public static bool IsOn => false;

    /// <summary>Commands of a call that are told apart.</summary>
    public const uint Commands = 1;

    /// <summary>No time.</summary>
    public static ulong Longest(LockUse use, uint command = 0) => 0;

    /// <summary>Nothing.</summary>
    public static ulong Sum(LockUse use, out ulong ticksHeld, out ulong ticksWaited)
    {
        (ticksHeld, ticksWaited) = (0, 0);
        return 0;
    }

    /// <summary>Not at all.</summary>
    public static ulong WatchedFor => 0;

    /// <summary>No stretch.</summary>
    public static bool TryStretch(int place, out uint gap, out uint length)
    {
        (gap, length) = (0, 0);
        return false;
    }

    /// <summary>Nothing to forget.</summary>
    public static void Forget()
    {
    }

    /// <summary>Nothing to note.</summary>
    public static void Note(LockUse next, uint command = 0)
    {
    }
}
