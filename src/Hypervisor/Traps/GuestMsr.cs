using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>RDMSR and WRMSR of a guest's kernel, as the policy decides.</summary>
public static class GuestMsr
{
    private static MsrGuest GuestOf(ref VirtualCpu vcpu) => new()
    {
        Vendor = GuestCpuid.Host.Vendor,
        InitialDomain = vcpu.Domain.Rights.IsInitial,
        HasReadTscp = GuestCpuid.Host.HasReadTscp,
        InvariantTsc = GuestCpuid.Host.InvariantTsc,
        VirtualCpu = (int)vcpu.Number,
    };

    /// <summary>Reads the register in ECX into EDX:EAX; false where the guest is to get #GP.</summary>
    public static bool TryRead(ref VirtualCpu vcpu)
    {
        uint number = (uint)(vcpu.Registers.Rcx & uint.MaxValue);
        if (!TryRead(ref vcpu, number, out ulong value))
            return false;
        vcpu.Registers.Rax = value & uint.MaxValue;
        vcpu.Registers.Rdx = value >> 32;
        return true;
    }

    private static bool TryRead(ref VirtualCpu vcpu, uint number, out ulong value)
    {
        MsrRead decision = ModelSpecificRegisters.Read(number, GuestOf(ref vcpu));
        value = decision.Value;
        switch (decision.Action)
        {
            case MsrReadAction.Value: return true;
            case MsrReadAction.GuestFsBase: value = GuestSegments.FsBase; return true;
            case MsrReadAction.GuestGsBase: value = GuestSegments.GsBase; return true;
            case MsrReadAction.GuestKernelGsBase: value = GuestSegments.InactiveGsBase; return true;
            case MsrReadAction.Tsc: value = TimeSource.Now; return true;
            case MsrReadAction.TscAux: value = vcpu.Controls.TscAux; return true;
            case MsrReadAction.Hardware or MsrReadAction.Efer:
                bool exists = Instructions.TryReadMsr(number, out value);
                value = ModelSpecificRegisters.Filter(number, value);
                return exists;
            default:
                value = 0;
                return vcpu.Traps.Addresses[(int)Exceptions.GeneralProtection] == 0;
        }
    }

    /// <summary>Writes EDX:EAX to the register in ECX; false where the guest is to get #GP.</summary>
    public static bool TryWrite(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        uint number = (uint)(registers.Rcx & uint.MaxValue);
        ulong value = (registers.Rax & uint.MaxValue) | registers.Rdx << 32;
        switch (ModelSpecificRegisters.Write(number, value, GuestOf(ref vcpu)))
        {
            case MsrWriteAction.Drop: return true;
            case MsrWriteAction.SetFsBase: return Instructions.WriteMsr(Segments.FsBase, value);
            case MsrWriteAction.SetGsBase: return Instructions.WriteMsr(Segments.GsBase, value);
            case MsrWriteAction.SetKernelGsBase: return Instructions.WriteMsr(Segments.InactiveGsBase, value);
            case MsrWriteAction.OnlySame: return TryRead(ref vcpu, number, out ulong present) && present == value;
            case MsrWriteAction.TscAux:
                vcpu.Controls.TscAux = value;
                OwnRegisters.LoadTscAux(ref vcpu);
                return true;
            default: return false;
        }
    }
}
