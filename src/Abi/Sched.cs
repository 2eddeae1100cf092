using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of sched_op (sched.h).</summary>
public enum SchedCommand : uint
{
    Yield = 0,
    Block = 1,
    Shutdown = 2,
    Poll = 3,
    RemoteShutdown = 4,
    ShutdownCode = 5,
    Watchdog = 6,
    PinOverride = 7,
}

/// <summary>Why a domain shut down (sched.h).</summary>
public enum ShutdownReason : uint
{
    PowerOff = 0,
    Reboot = 1,
    Suspend = 2,
    Crash = 3,
    Watchdog = 4,
    SoftReset = 5,
    Max = 5,
}

/// <summary>Argument of Shutdown and ShutdownCode (struct sched_shutdown of sched.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedShutdown
{
    public ShutdownReason Reason;
}

/// <summary>Argument of Poll (struct sched_poll of sched.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedPoll
{
    /// <summary>Guest pointer to PortCount 32-bit ports.</summary>
    public ulong Ports;
    public uint PortCount;
    /// <summary>Absolute system time in nanoseconds, zero for never.</summary>
    public ulong Timeout;
}

/// <summary>Argument of RemoteShutdown (struct sched_remote_shutdown of sched.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedRemoteShutdown
{
    public ushort Domain;
    public ShutdownReason Reason;
}

/// <summary>Argument of Watchdog (struct sched_watchdog of sched.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedWatchdog
{
    /// <summary>Zero asks for a new one.</summary>
    public uint Id;
    /// <summary>Seconds, zero stops it.</summary>
    public uint Timeout;
}

/// <summary>Argument of PinOverride (struct sched_pin_override of sched.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedPinOverride
{
    /// <summary>Negative gives the old affinity back.</summary>
    public int Pcpu;
}
