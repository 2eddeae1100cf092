using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>CPUID as guests see it through the forced-emulation prefix, and what of CR4 follows from it.</summary>
public static class GuestCpuid
{
    private const uint InvariantTscBit = 1 << 8, ReadTscpBit = 1 << 27, FsGsBaseBit = 1 << 0;

    private static CpuidHost host;

    /// <summary>What the policy knows of the processor.</summary>
    public static ref readonly CpuidHost Host => ref host;

    /// <summary>Asks the hardware once.</summary>
    public static void Initialise()
    {
        CpuidRegisters leaf = Ask(0, 0);
        host.Vendor = CpuidHost.VendorOf(leaf);
        host.MaximumLeaf = leaf.Eax;
        host.MaximumExtendedLeaf = Ask(0x8000_0000, 0).Eax;
        host.Xcr0 = FloatingPoint.Features;
        if (FloatingPoint.Features != 0)
            host.Xsave = XsaveLayout.From(Ask(0xd, 2), Ask(0xd, 5), Ask(0xd, 6), Ask(0xd, 7));
        host.InvariantTsc = host.MaximumExtendedLeaf >= 0x8000_0007 && (Ask(0x8000_0007, 0).Edx & InvariantTscBit) != 0;
        host.HasFsGsBase = host.MaximumLeaf >= 7 && (Ask(7, 0).Ebx & FsGsBaseBit) != 0;
        host.HasReadTscp = (Ask(0x8000_0001, 0).Edx & ReadTscpBit) != 0;
        OwnRegisters.HasReadTscp = host.HasReadTscp;
        host.TscKilohertz = SystemTime.Kilohertz;
        host.MachineAddressBits = host.MaximumExtendedLeaf >= 0x8000_0008 ? Ask(0x8000_0008, 0).Eax & 0xff : 36;
    }

    private static CpuidRegisters Ask(uint leaf, uint subleaf)
    {
        CpuidRegisters registers = default;
        Instructions.Cpuid(leaf, subleaf, ref registers.Eax);
        return registers;
    }

    /// <summary>Answers for the leaf in EAX and subleaf in ECX.</summary>
    public static void Answer(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        uint leaf = (uint)(registers.Rax & uint.MaxValue), subleaf = (uint)(registers.Rcx & uint.MaxValue);
        CpuidRegisters answer = default;
        Instructions.Cpuid(leaf, subleaf, ref answer.Eax);
        var guest = new CpuidGuest { Xcr0 = vcpu.Controls.Xcr0, InitialDomain = vcpu.Domain.Rights.IsInitial, Incarnation = 1 };
        CpuidPolicy.Apply(leaf, subleaf, host, guest, ref answer);
        registers.Rax = answer.Eax;
        registers.Rbx = answer.Ebx;
        registers.Rcx = answer.Ecx;
        registers.Rdx = answer.Edx;
    }
}
