using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>What a domain was made from, and when.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainOrigin
{
    /// <summary>The index of the boot module it was made from, or -1.</summary>
    public int Module;

    /// <summary>Which of the module's copies it is, from 1, or 0 where it has none.</summary>
    public uint Copy;

    /// <summary>How often it had rebooted soon after its start when it was made (RebootLimit).</summary>
    public uint QuickReboots;

    /// <summary>The system time at which its life began.</summary>
    public ulong Since;
}
