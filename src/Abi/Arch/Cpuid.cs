using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The hypervisor's CPUID leaves; the signature reads "XenVMMXenVMM" (arch-x86/cpuid.h).</summary>
public static class HypervisorCpuid
{
    public const uint FirstLeaf = 0x4000_0000;
    public const uint SignatureEbx = 0x566E_6558;
    public const uint SignatureEcx = 0x6558_4D4D;
    public const uint SignatureEdx = 0x4D4D_566E;
    /// <summary>The highest leaf is FirstLeaf + MaxLeaves.</summary>
    public const uint MaxLeaves = 5;
    /// <summary>ECX of leaf FirstLeaf + 2.</summary>
    public const uint MmuPtUpdatePreserveAd = 1 << 0;
    /// <summary>EBX of leaf FirstLeaf + 5.</summary>
    public const uint MachineAddressWidthMask = 0xFF;
    public const uint NoSubleaf = 0xFFFF_FFFF;
}

/// <summary>A leaf of a CPUID policy (struct xen_cpuid_leaf of arch-x86/xen.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CpuidLeaf
{
    public uint Leaf;
    /// <summary>HypervisorCpuid.NoSubleaf if the leaf has none.</summary>
    public uint Subleaf;
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}

/// <summary>A model-specific register of a policy (struct xen_msr_entry of arch-x86/xen.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MsrEntry
{
    public uint Index;
    /// <summary>Must be zero.</summary>
    public uint Flags;
    public ulong Value;
}
