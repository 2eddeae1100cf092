using Serai.Abi;

namespace Serai.Hypervisor.Emulation;

/// <summary>The hypervisor's own CPUID leaves (arch-x86/cpuid.h).</summary>
internal static class HypervisorLeaves
{
    private const uint HypercallPages = 1;
    private const uint HypercallPageMsr = 0x4000_0000;
    private const uint HostTscSafe = 1 << 1;
    private const uint ReadTscpShown = 1 << 2;

    /// <summary>Fills in the leaf at this distance from the first one; a leaf that says nothing to PV guests is zero.</summary>
    internal static void Fill(uint index, uint subleaf, in CpuidHost host, in CpuidGuest guest, out CpuidRegisters registers)
    {
        registers = default;
        switch (index)
        {
            case 0:
                registers.Eax = HypervisorCpuid.FirstLeaf + HypervisorCpuid.MaxLeaves;
                registers.Ebx = HypervisorCpuid.SignatureEbx;
                registers.Ecx = HypervisorCpuid.SignatureEcx;
                registers.Edx = HypervisorCpuid.SignatureEdx;
                break;
            case 1:
                registers.Eax = CpuidPolicy.Version;
                break;
            case 2:
                registers.Eax = HypercallPages;
                registers.Ebx = HypercallPageMsr;
                registers.Ecx = HypervisorCpuid.MmuPtUpdatePreserveAd;
                break;
            case 3:
                FillTime(subleaf, host, guest, ref registers);
                break;
            case 5:
                registers.Ebx = host.MachineAddressBits & HypervisorCpuid.MachineAddressWidthMask;
                break;
        }
    }

    private static void FillTime(uint subleaf, in CpuidHost host, in CpuidGuest guest, ref CpuidRegisters registers)
    {
        switch (subleaf)
        {
            case 0:
                registers.Eax = (host.InvariantTsc ? HostTscSafe : 0) | (host.HasReadTscp ? ReadTscpShown : 0);
                registers.Ecx = host.TscKilohertz;
                registers.Edx = guest.Incarnation;
                break;
            case 1:
                registers.Eax = unchecked((uint)guest.TimeOffset);
                registers.Ebx = unchecked((uint)(guest.TimeOffset >> 32));
                registers.Ecx = guest.TimeMultiplier;
                registers.Edx = unchecked((uint)guest.TimeShift);
                break;
            case 2:
                registers.Eax = host.TscKilohertz;
                break;
        }
    }
}
