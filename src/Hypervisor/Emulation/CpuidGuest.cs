namespace Serai.Hypervisor.Emulation;

/// <summary>What the CPUID policy needs to know of the VirtualCpu that asks.</summary>
public struct CpuidGuest
{
    /// <summary>Its present XCR0: the sizes of leaf 0xd depend on it.</summary>
    public ulong Xcr0;

    public bool InitialDomain;

    /// <summary>How often the domain was migrated or restored (leaf 0x40000003, EDX).</summary>
    public uint Incarnation;

    /// <summary>Leaf 0x40000003, subleaf 1: nanoseconds between the TSC's zero and the guest's system time.</summary>
    public ulong TimeOffset;

    /// <summary>The same: the multiplier and shift from TSC to nanoseconds, as in vcpu_time_info.</summary>
    public uint TimeMultiplier;

    public int TimeShift;
}
