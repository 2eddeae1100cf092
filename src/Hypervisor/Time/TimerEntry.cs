using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Time;

/// <summary>What a timer does when it fires.</summary>
public enum TimerKind : byte
{
    /// <summary>Raises VIRQ_TIMER.</summary>
    Guest,

    /// <summary>Ends a SCHEDOP_poll.</summary>
    Poll,
}

/// <summary>A timer's own part: it is in the heap of <see cref="Timers"/> or not.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimerEntry
{
    /// <summary>The place in the heap plus one, or 0 when stopped.</summary>
    public uint Place;
}
