using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Records;

/// <summary>The timers that each virtual CPU has, one of each kind.</summary>
public enum TimerKind : byte
{
    /// <summary>Raises VIRQ_TIMER once, at a system time.</summary>
    SingleShot,

    /// <summary>Raises VIRQ_TIMER again and again.</summary>
    Periodic,

    /// <summary>Raises VIRQ_TIMER once, at a virtual time; runs only while the virtual CPU does.</summary>
    Virtual,

    /// <summary>Ends a SCHEDOP_poll.</summary>
    Poll,

    /// <summary>Ends the domain, for its first virtual CPU keeps it.</summary>
    Watchdog,
}

/// <summary>When each of a virtual CPU's timers fires, in system time; Timers.Stopped for one that does not run.</summary>
[InlineArray(5)]
public struct TimerDeadlines
{
    private ulong element;
}
