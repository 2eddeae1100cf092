using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_iret where Entry.S does not do it itself: the same steps (ABI 04 §4.6).</summary>
public static class IretCall
{
    /// <summary>Takes the new context from the guest's stack; a guest that gives none dies. The result is the RAX of the new context.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        if (!GuestMemory.TryRead(new(registers.Rsp), out IretContext context))
        {
            Crash.Domain(ref vcpu, "iret from a stack that cannot be read"u8, registers.Rsp);
            return 0;
        }
        if ((context.Cs & 3) == 3 && !GuestMode.TryEnterUser(ref vcpu))
        {
            Crash.Domain(ref vcpu, "iret to applications without a table for them"u8, context.Rip);
            return 0;
        }
        registers.Rip = context.Rip;
        registers.Cs = (context.Cs | 3) & ushort.MaxValue;
        registers.Ss = (context.Ss | 3) & ushort.MaxValue;
        registers.Rsp = context.Rsp;
        registers.Rcx = context.Rcx;
        registers.R11 = context.R11;
        if (vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl))
            vcpu.Ports.PrivilegeLevel = (byte)(context.Rflags >> 12 & 3);
        registers.Rflags = (context.Rflags & ~(Flags.PrivilegeMask | Flags.Virtual8086)) | Flags.Interrupt;
        vcpu.Info.Value.EventUpcallMask = (context.Rflags & Flags.Interrupt) != 0 ? (byte)0 : (byte)1;
        if (NonMaskable.End(ref vcpu))
            vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
        // Not a system call's return any more: RCX and R11 count, so it leaves by iretq.
        registers.Vector = 0;
        return unchecked((long)context.Rax);
    }
}
