using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>
/// What a domain has had, whichever of its virtual CPUs had it. It outlives their sleep, their going down and up, and the domain itself: who is built
/// again after a reboot goes on with it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainClock
{
    /// <summary>The domain's virtual time: what it has run, divided by its weight.</summary>
    public ulong Time;

    /// <summary>What is left of it below one; and the processor on whose time base it is told.</summary>
    public uint Fraction, Base;

    /// <summary>Nanoseconds that it may still run warped, where that is limited; and the system time from which on it may warp again.</summary>
    public ulong WarpLeft, WarpAgain;

    /// <summary>Whether it is warped.</summary>
    public bool IsWarped;
}
