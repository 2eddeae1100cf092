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

    private static ref CpuidHost PresentHost => ref TrapsState.Now.GuestCpuidPresentHost;

    /// <summary>What the policy knows of the processor.</summary>
    public static ref readonly CpuidHost Host => ref PresentHost;

    /// <summary>Asks the hardware once.</summary>
    public static void Initialise()
    {
        CpuidRegisters leaf = Ask(0, 0);
        PresentHost.Vendor = CpuidHost.VendorOf(leaf);
        PresentHost.MaximumLeaf = leaf.Eax;
        PresentHost.MaximumExtendedLeaf = Ask(0x8000_0000, 0).Eax;
        PresentHost.Xcr0 = FloatingPoint.Features;
        if (FloatingPoint.Features != 0)
            PresentHost.Xsave = XsaveLayout.From(Ask(0xd, 2), Ask(0xd, 5), Ask(0xd, 6), Ask(0xd, 7));
        PresentHost.InvariantTsc = PresentHost.MaximumExtendedLeaf >= 0x8000_0007 && (Ask(0x8000_0007, 0).Edx & InvariantTscBit) != 0;
        PresentHost.HasFsGsBase = PresentHost.MaximumLeaf >= 7 && (Ask(7, 0).Ebx & FsGsBaseBit) != 0;
        PresentHost.HasReadTscp = (Ask(0x8000_0001, 0).Edx & ReadTscpBit) != 0;
        OwnRegisters.HasReadTscp = PresentHost.HasReadTscp;
        PresentHost.TscKilohertz = SystemTime.Kilohertz;
        PresentHost.MachineAddressBits = PresentHost.MaximumExtendedLeaf >= 0x8000_0008 ? Ask(0x8000_0008, 0).Eax & 0xff : 36;
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
        CpuidPolicy.Apply(leaf, subleaf, PresentHost, guest, ref answer);
        registers.Rax = answer.Eax;
        registers.Rbx = answer.Ebx;
        registers.Rcx = answer.Ecx;
        registers.Rdx = answer.Edx;
    }
}
