namespace Serai.Hypervisor.Emulation;

/// <summary>The makers whose processors differ in what a guest may be told.</summary>
public enum CpuVendor : byte
{
    Other,
    Intel,

    /// <summary>AMD, and Hygon, which descends from it.</summary>
    Amd,
}

/// <summary>What the CPUID policy needs to know of the machine; filled in once at boot.</summary>
public struct CpuidHost
{
    public CpuVendor Vendor;

    /// <summary>Leaf 0, EAX: a leaf beyond it would answer with another leaf's content on Intel.</summary>
    public uint MaximumLeaf;

    /// <summary>Leaf 0x80000000, EAX.</summary>
    public uint MaximumExtendedLeaf;

    /// <summary>What guests may have in XCR0 (<see cref="ExtendedControl.PolicyFor"/>); 0 where the host did not set CR4.OSXSAVE.</summary>
    public ulong Xcr0;

    public XsaveLayout Xsave;

    /// <summary>The TSC runs at one rate in all power states and alike on all processors.</summary>
    public bool InvariantTsc;

    /// <summary>Leaf 0x80000001, EDX bit 27: guests have rdtscp, and TSC_AUX with it.</summary>
    public bool HasReadTscp;

    /// <summary>Leaf 7, EBX bit 0: a guest may have the instructions for segment bases, by CR4.FSGSBASE.</summary>
    public bool HasFsGsBase;

    public uint TscKilohertz;

    /// <summary>The width in bits of the highest address of memory in the machine. Above 44 Linux chooses grant tables of version 2.</summary>
    public uint MachineAddressBits;

    /// <summary>The vendor of leaf 0.</summary>
    public static CpuVendor VendorOf(in CpuidRegisters leaf0) => (leaf0.Ebx, leaf0.Edx, leaf0.Ecx) switch
    {
        (0x756e_6547, 0x4965_6e69, 0x6c65_746e) => CpuVendor.Intel, // GenuineIntel
        (0x6874_7541, 0x6974_6e65, 0x444d_4163) => CpuVendor.Amd, // AuthenticAMD
        (0x6f67_7948, 0x6e65_476e, 0x656e_6975) => CpuVendor.Amd, // HygonGenuine
        _ => CpuVendor.Other,
    };
}
