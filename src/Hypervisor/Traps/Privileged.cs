using Serai.Abi;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using ControlRegisters = Serai.Hypervisor.Emulation.ControlRegisters;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// Privileged instructions of guests, which ring 3 refuses with #GP: decoded, done within the guest's own limits, or given to the guest as the
/// fault they are (ABI 03). Nothing here touches more than the virtual CPU's own state, but for what <see cref="NeedsLock"/> names.
/// </summary>
public static class Privileged
{
    private const uint InterruptGateBit = 2;

    /// <summary>Bytes of ud2, "xen" and CPUID.</summary>
    private const int ForcedCpuidLength = 7;

    /// <summary>
    /// Whether an instruction is done with the lock only: a port may be the machine's, and a new top-level table is a frame's.
    /// </summary>
    public static bool NeedsLock(in Instruction instruction)
        => instruction.Operation is Operation.In or Operation.Out or Operation.InString or Operation.OutString
            || (instruction.Operation == Operation.WriteControlRegister && instruction.SystemRegister == 3);

    /// <summary>
    /// #GP of what has been decoded, if it could be: `int n`, or an instruction to emulate, or the guest's own fault. Without the lock where the
    /// instruction does not need it. False where the guest cannot take it, and then nothing has changed.
    /// </summary>
    public static bool TryGeneralProtection(ref VirtualCpu vcpu, bool decoded, in Instruction instruction)
    {
        uint errorCode = vcpu.Registers.ErrorCode;
        // QEMU 7.2 gives another error code for `int n` than the manual, so the instruction decides, not the code.
        if (decoded && instruction.Operation == Operation.SoftwareInterrupt && (errorCode & InterruptGateBit) != 0)
            return TrySoftwareInterrupt(ref vcpu, instruction);
        return (decoded && errorCode == 0 && TryEmulate(ref vcpu, instruction))
            || Exceptions.TryDeliver(ref vcpu, Exceptions.GeneralProtection, errorCode);
    }

    private static bool TrySoftwareInterrupt(ref VirtualCpu vcpu, in Instruction instruction)
    {
        ulong rip = vcpu.Registers.Rip;
        return Exceptions.TrySoftwareInterrupt(ref vcpu, (byte)instruction.Immediate, rip, unchecked(rip + instruction.Length));
    }

    /// <summary>
    /// #UD: the forced-emulation prefix with CPUID, or the guest's own fault. Needs no lock; false where the guest cannot take the fault.
    /// </summary>
    public static bool TryInvalidOpcode(ref VirtualCpu vcpu)
    {
        const ulong forcedCpuid = 0xa2_0f6e_6578_0b0f, itsBytes = (1ul << 8 * ForcedCpuidLength) - 1;
        ulong rip = vcpu.Registers.Rip;
        // What kernels do, told at a glance; behind it the same in every form that the decoder knows, such as at the end of a page.
        if (GuestMemory.TryRead(new(rip), out ulong text) && (text & itsBytes) == forcedCpuid)
        {
            vcpu.Registers.Rip = unchecked(rip + ForcedCpuidLength);
            GuestCpuid.Answer(ref vcpu);
            Exceptions.Retire(ref vcpu);
            return true;
        }
        return TryDecodeInvalid(ref vcpu);
    }

    private static bool TryDecodeInvalid(ref VirtualCpu vcpu)
        => InstructionFetch.TryDecode(ref vcpu, out Instruction instruction) && instruction.Operation == Operation.ForcedCpuid
            ? Finish(ref vcpu, instruction, Cpuid(ref vcpu)) : Exceptions.TryDeliver(ref vcpu, Exceptions.InvalidOpcode, 0);

    /// <summary>Does an instruction; false where the guest is to get the fault. RIP moves on when it is done.</summary>
    private static bool TryEmulate(ref VirtualCpu vcpu, in Instruction instruction)
    {
        if (instruction.Operation is Operation.In or Operation.Out or Operation.InString or Operation.OutString)
            return GuestPorts.TryAccess(ref vcpu, instruction);
        if (instruction.Operation is Operation.ClearInterruptFlag or Operation.SetInterruptFlag)
            return Finish(ref vcpu, instruction, IsAllowedByLevel(ref vcpu));
        if (!vcpu.IsKernel)
            return false;
        ref Registers registers = ref vcpu.Registers;
        return instruction.Operation switch
        {
            Operation.Cpuid => Finish(ref vcpu, instruction, Cpuid(ref vcpu)),
            Operation.ReadMsr => Finish(ref vcpu, instruction, GuestMsr.TryRead(ref vcpu)),
            Operation.WriteMsr => Finish(ref vcpu, instruction, GuestMsr.TryWrite(ref vcpu)),
            Operation.ReadTsc or Operation.ReadTscAndAux => Finish(ref vcpu, instruction, ReadTimeStamp(ref vcpu, instruction.Operation)),
            Operation.ReadControlRegister => Finish(ref vcpu, instruction, TryReadControl(ref vcpu, instruction)),
            Operation.WriteControlRegister when instruction.SystemRegister == 3 => TryWriteRoot(ref vcpu, instruction),
            Operation.WriteControlRegister
                => Finish(ref vcpu, instruction, TryWriteControl(ref vcpu, instruction.SystemRegister, registers.ByNumber(instruction.Register))),
            Operation.ReadDebugRegister
                => Finish(ref vcpu, instruction, TryReadDebug(ref vcpu, instruction)),
            Operation.WriteDebugRegister
                => Finish(ref vcpu, instruction, TryWriteDebug(ref vcpu, instruction)),
            Operation.ClearTaskSwitched => Finish(ref vcpu, instruction, SetTaskSwitched(ref vcpu, false)),
            Operation.SetExtendedControl => Finish(ref vcpu, instruction, TrySetExtended(ref vcpu)),
            Operation.WriteBackInvalidate or Operation.WriteBackOnly => Finish(ref vcpu, instruction, WriteBack(ref vcpu)),
            Operation.InvalidatePage => Finish(ref vcpu, instruction, Invalidate(GuestSegments.AddressOf(instruction, registers))),
            _ => false,
        };
    }

    /// <summary>Whether the virtual CPU's I/O privilege level lets its present mode use ports, CLI and STI.</summary>
    public static bool IsAllowedByLevel(ref VirtualCpu vcpu)
        => Ports.AllowedByLevel(vcpu.Ports.PrivilegeLevel, vcpu.IsKernel, vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl));

    private static bool Finish(ref VirtualCpu vcpu, in Instruction instruction, bool done)
    {
        if (!done)
            return false;
        vcpu.Registers.Rip = unchecked(vcpu.Registers.Rip + instruction.Length);
        Exceptions.Retire(ref vcpu);
        return true;
    }

    private static bool Cpuid(ref VirtualCpu vcpu)
    {
        GuestCpuid.Answer(ref vcpu);
        return true;
    }

    private static bool ReadTimeStamp(ref VirtualCpu vcpu, Operation operation)
    {
        ulong now = TimeSource.Now;
        vcpu.Registers.Rax = (uint)(now & uint.MaxValue);
        vcpu.Registers.Rdx = now >> 32;
        if (operation == Operation.ReadTscAndAux)
            vcpu.Registers.Rcx = vcpu.Controls.TscAux;
        return true;
    }

    private static bool TryReadDebug(ref VirtualCpu vcpu, in Instruction instruction)
        => DebugCalls.TryRead(ref vcpu, instruction.SystemRegister, out vcpu.Registers.ByNumber(instruction.Register));

    private static bool TryWriteDebug(ref VirtualCpu vcpu, in Instruction instruction)
        => DebugCalls.Set(ref vcpu, instruction.SystemRegister, vcpu.Registers.ByNumber(instruction.Register)) == Errno.None;

    private static bool TryReadControl(ref VirtualCpu vcpu, in Instruction instruction)
    {
        ref ulong register = ref vcpu.Registers.ByNumber(instruction.Register);
        switch (instruction.SystemRegister)
        {
            case 0: register = ControlRegisters.ReadCr0(Processors.HostCr0, vcpu.TaskSwitched); return true;
            case 2: register = vcpu.Info.Value.Arch.Cr2; return true;
            case 3: register = vcpu.KernelRoot; return true;
            case 4: register = ControlRegisters.ReadCr4(vcpu.Processor.Value.Cr4, vcpu.Controls.Cr4); return true;
            default: return false;
        }
    }

    private static bool TryWriteControl(ref VirtualCpu vcpu, int number, ulong value)
    {
        switch (number)
        {
            case 0:
                return ControlRegisters.TryWriteCr0(value, ControlRegisters.ReadCr0(Processors.HostCr0, false), out bool taskSwitched)
                    && SetTaskSwitched(ref vcpu, taskSwitched);
            case 2:
                vcpu.Info.Value.Arch.Cr2 = value;
                return true;
            case 4:
                vcpu.Controls.Cr4 = ControlRegisters.WriteCr4(value, FloatingPoint.Features != 0, GuestCpuid.Host.HasFsGsBase);
                OwnRegisters.LoadCr4(ref vcpu);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// mov to CR3. A tree that is long to validate, or a former one that is long to take apart, is done in parts: RIP then stays where it is, and the
    /// instruction comes again after others had their chance.
    /// </summary>
    private static bool TryWriteRoot(ref VirtualCpu vcpu, in Instruction instruction)
    {
        Preemption.Begin();
        var root = Mfn.Of(new(vcpu.Registers.ByNumber(instruction.Register)));
        Errno error = PartlyValidated.Finish(ref vcpu.Domain) ? AddressSpaces.SetKernelRoot(ref vcpu, root) : Errno.Restart;
        if (error == Errno.None && !vcpu.Domain.Memory.Unfinished.IsEmpty)
            error = Errno.Restart;
        return error == Errno.Restart || Finish(ref vcpu, instruction, error == Errno.None);
    }

    private static bool SetTaskSwitched(ref VirtualCpu vcpu, bool set)
    {
        vcpu.TaskSwitched = set;
        return true;
    }

    private static bool TrySetExtended(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong value = (registers.Rax & uint.MaxValue) | registers.Rdx << 32;
        if ((vcpu.Controls.Cr4 & ControlRegisters.OsXsave) == 0
            || !ExtendedControl.IsValid((uint)(registers.Rcx & uint.MaxValue), value, ExtendedControl.PolicyFor(FloatingPoint.Features)))
            return false;
        FloatingPoint.Select(vcpu.Processor.Value.Number, value);
        vcpu.Controls.Xcr0 = value;
        return true;
    }

    private static bool WriteBack(ref VirtualCpu vcpu)
    {
        if (vcpu.Domain.Rights.HasHardware)
            Instructions.WriteBackCaches();
        return true;
    }

    private static bool Invalidate(ulong address)
    {
        if (!Layout.IsHypervisor(address))
            Tlb.FlushPage(new(address));
        return true;
    }
}
