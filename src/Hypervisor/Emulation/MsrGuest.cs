namespace Serai.Hypervisor.Emulation;

/// <summary>What the rules for MSRs need to know of the VirtualCpu that asks.</summary>
public struct MsrGuest
{
    public CpuVendor Vendor;
    public bool InitialDomain;
    public bool HasReadTscp;
    public bool InvariantTsc;

    /// <summary>Its number within the domain.</summary>
    public int VirtualCpu;
}
