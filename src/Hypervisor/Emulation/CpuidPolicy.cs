using Serai.Abi;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// CPUID as guest kernels see it: the hardware's leaf and the policy. Only leaves named here have content; each package is shown as one core
/// of one thread, for a VirtualCpu moves between processors and none of their neighbourhoods are its own.
/// </summary>
public static class CpuidPolicy
{
    /// <summary>The version of the interface that guests are told: 4.17.</summary>
    public const uint Version = (4 << 16) | 17;

    private const uint LastLeaf = 0xd;
    private const uint LastExtendedLeafIntel = 0x8000_0008;
    private const uint LastExtendedLeafAmd = 0x8000_0021;
    private const uint ExtendedStart = 0x8000_0000;

    /// <summary>
    /// Replaces the <paramref name="registers"/> that the hardware gave for <paramref name="leaf"/> and <paramref name="subleaf"/> (EAX and
    /// ECX of the guest) by what the guest is told. Nothing of the hardware's is used for leaves beyond its own highest, or the hypervisor's.
    /// </summary>
    public static void Apply(uint leaf, uint subleaf, in CpuidHost host, in CpuidGuest guest, ref CpuidRegisters registers)
    {
        if (leaf == 0)
            registers.Eax = registers.Eax < LastLeaf ? registers.Eax : LastLeaf;
        else if (leaf <= LastLeaf && leaf <= host.MaximumLeaf)
            ApplyStandard(leaf, subleaf, host, guest, ref registers);
        else if (leaf >= ExtendedStart && leaf <= LastExtended(host))
            ApplyExtended(leaf, host, ref registers);
        else if (leaf >= HypervisorCpuid.FirstLeaf && leaf <= HypervisorCpuid.FirstLeaf + HypervisorCpuid.MaxLeaves)
            HypervisorLeaves.Fill(leaf - HypervisorCpuid.FirstLeaf, subleaf, host, guest, out registers);
        else
            registers = default;
    }

    private static uint LastExtended(in CpuidHost host)
    {
        var last = host.Vendor == CpuVendor.Amd ? LastExtendedLeafAmd : LastExtendedLeafIntel;
        return host.MaximumExtendedLeaf < last ? host.MaximumExtendedLeaf : last;
    }

    private static void ApplyStandard(uint leaf, uint subleaf, in CpuidHost host, in CpuidGuest guest, ref CpuidRegisters registers)
    {
        switch (leaf)
        {
            case 1:
                ApplyFeatures(host, guest, ref registers);
                break;
            case 2:
                break;
            case 4:
                registers.Eax &= 0x03ff_ffff; // bits 31:26: cores in the package − 1
                break;
            case 7:
                ApplyStructuredFeatures(subleaf, host, ref registers);
                break;
            case 0xd:
                ApplyXsave(subleaf, host, guest, ref registers);
                break;
            default:
                registers = default;
                break;
        }
    }

    private static void ApplyFeatures(in CpuidHost host, in CpuidGuest guest, ref CpuidRegisters registers)
    {
        // APIC id 0; one logical processor in the package.
        registers.Ebx = (registers.Ebx & 0xffff) | (1 << 16);
        registers.Edx &= CpuidFeatures.Leaf1Edx | (host.Vendor == CpuVendor.Intel ? CpuidFeatures.Leaf1EdxIntel : 0);
        registers.Ecx &= CpuidFeatures.Leaf1Ecx | (guest.InitialDomain ? CpuidFeatures.Leaf1EcxInitialDomain : 0);
        registers.Ecx &= host.Xcr0 == 0 ? ~CpuidFeatures.Leaf1EcxXsave : uint.MaxValue;
        registers.Ecx &= HasAvx(host) ? uint.MaxValue : ~CpuidFeatures.Leaf1EcxNeedsAvx;

        // Linux gives XSAVE up unless OSXSAVE is there before it has set CR4.OSXSAVE.
        if ((registers.Ecx & CpuidFeatures.Leaf1EcxXsave) != 0)
            registers.Ecx |= CpuidFeatures.Leaf1EcxOsXsave;
        registers.Ecx |= CpuidFeatures.Leaf1EcxHypervisor;
    }

    private static void ApplyStructuredFeatures(uint subleaf, in CpuidHost host, ref CpuidRegisters registers)
    {
        var hidden = default(CpuidRegisters);
        if (subleaf == 0)
        {
            HideWideVectors(host, ref hidden);
            registers.Eax = registers.Eax < 1 ? registers.Eax : 1;
            registers.Ebx &= CpuidFeatures.Leaf7Ebx & ~hidden.Ebx;
            registers.Ecx &= CpuidFeatures.Leaf7Ecx & ~hidden.Ecx;
            registers.Edx &= CpuidFeatures.Leaf7Edx & ~hidden.Edx;
            return;
        }

        hidden.Eax = (HasAvx(host) ? 0 : CpuidFeatures.Leaf7Sub1EaxNeedsAvx) | (HasAvx512(host) ? 0 : CpuidFeatures.Leaf7Sub1EaxNeedsAvx512);
        var shown = subleaf == 1 ? registers.Eax & CpuidFeatures.Leaf7Sub1Eax & ~hidden.Eax : 0;
        registers = new CpuidRegisters { Eax = shown };
    }

    private static void HideWideVectors(in CpuidHost host, ref CpuidRegisters hidden)
    {
        if (!HasAvx(host))
        {
            hidden.Ebx |= CpuidFeatures.Leaf7EbxNeedsAvx;
            hidden.Ecx |= CpuidFeatures.Leaf7EcxNeedsAvx;
        }

        if (!HasAvx512(host))
        {
            hidden.Ebx |= CpuidFeatures.Leaf7EbxNeedsAvx512;
            hidden.Ecx |= CpuidFeatures.Leaf7EcxNeedsAvx512;
            hidden.Edx |= CpuidFeatures.Leaf7EdxNeedsAvx512;
        }

        if (!host.HasReadTscp)
            hidden.Ecx |= CpuidFeatures.Leaf7EcxReadPid;
    }

    private static void ApplyXsave(uint subleaf, in CpuidHost host, in CpuidGuest guest, ref CpuidRegisters registers)
    {
        if (host.Xcr0 == 0)
        {
            registers = default;
        }
        else if (subleaf == 0)
        {
            registers.Eax = unchecked((uint)host.Xcr0);
            registers.Ebx = host.Xsave.BytesOf(guest.Xcr0, compacted: false);
            registers.Ecx = host.Xsave.BytesOf(host.Xcr0, compacted: false);
            registers.Edx = 0;
        }
        else if (subleaf == 1)
        {
            var features = registers.Eax & CpuidFeatures.XsaveEax;
            var compacts = (features & CpuidFeatures.XsaveEaxCompacts) != 0;
            registers = new CpuidRegisters { Eax = features, Ebx = compacts ? host.Xsave.BytesOf(guest.Xcr0, compacted: true) : 0 };
        }
        else if (subleaf > 63 || (host.Xcr0 & (1UL << unchecked((int)subleaf))) == 0)
        {
            registers = default;
        }
    }

    private static void ApplyExtended(uint leaf, in CpuidHost host, ref CpuidRegisters registers)
    {
        switch (leaf)
        {
            case 0x8000_0000:
                registers.Eax = LastExtended(host);
                break;
            case 0x8000_0001:
                registers.Ecx &= CpuidFeatures.ExtendedEcx & (HasAvx(host) ? uint.MaxValue : ~CpuidFeatures.ExtendedEcxNeedsAvx);
                registers.Edx &= CpuidFeatures.ExtendedEdx & (host.HasReadTscp ? uint.MaxValue : ~CpuidFeatures.ExtendedEdxReadTscp);
                break;
            case >= 0x8000_0002 and <= 0x8000_0006:
            case 0x8000_001a:
                break;
            case 0x8000_0007:
                registers = new CpuidRegisters { Edx = host.InvariantTsc ? registers.Edx & CpuidFeatures.InvariantTsc : 0 };
                break;
            case 0x8000_0008:
                registers = new CpuidRegisters { Eax = registers.Eax, Ebx = registers.Ebx & CpuidFeatures.AddressEbx };
                break;
            case 0x8000_0021:
                registers = new CpuidRegisters { Eax = registers.Eax & CpuidFeatures.Extended21Eax };
                break;
            default:
                registers = default;
                break;
        }
    }

    private static bool HasAvx(in CpuidHost host) => (host.Xcr0 & ExtendedControl.Avx) != 0;

    private static bool HasAvx512(in CpuidHost host) => (host.Xcr0 & ExtendedControl.Avx512) == ExtendedControl.Avx512;
}
