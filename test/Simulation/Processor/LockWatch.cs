namespace Serai.Machine.Processor;

/// <summary>Nothing is measured here, and the rules are <see cref="HypervisorLock"/>'s.</summary>
public static class LockWatch
{
    /// <summary>Not the checked image.</summary>
    public static bool IsOn => false;

    /// <summary>No time.</summary>
    public static ulong Longest(LockUse use) => 0;

    /// <summary>Nothing to forget.</summary>
    public static void Forget()
    {
    }

    /// <summary>Nothing to note.</summary>
    public static void Note(LockUse next)
    {
    }
}
