using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>What a domain has written to ports that choose what others show.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainPorts
{
    /// <summary>To the address port of PCI configuration.</summary>
    public uint PciAddress;

    /// <summary>To the index port of the RTC.</summary>
    public byte ClockIndex;
}
