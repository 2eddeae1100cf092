using System;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// The context a guest gives one of its virtual CPUs (VCPUOP_initialise, vcpu_guest_context of 5168 bytes): too big for a local, so it is read into a
/// frame of ours, checked there, and only then taken.
///
/// Its two trees of tables and its pages of descriptors can take long, so they are taken one after another, and the call stops between. What has been
/// taken stays with the virtual CPU, where it is found when the call is made again, by the next context, or by the death of the domain.
/// </summary>
public static class VcpuContext
{
    /// <summary>Reads, checks and takes a context. Errors: Exist, NoMem, Fault, Inval; Restart where it is to be called again.</summary>
    public static Errno Initialise(ref VirtualCpu vcpu, GuestAddress address)
    {
        if (vcpu.IsInitialised)
            return Errno.Exist;
        if (!Stops.IsOut(ref vcpu) || !PartlyValidated.Finish(ref vcpu.Domain))
            return Errno.Restart;
        Errno error = vcpu.ContextRefusal != Errno.None ? vcpu.ContextRefusal : Read(ref vcpu, address);
        return error is Errno.None or Errno.Restart ? error : GiveUp(ref vcpu, error);
    }

    /// <summary>
    /// Gives back what a refused context had taken. Each of its two trees may take long to take apart: the reason is kept until the call can end.
    /// </summary>
    private static Errno GiveUp(ref VirtualCpu vcpu, Errno error)
    {
        DescriptorCalls.PutAll(ref vcpu);
        bool done = AddressSpaces.TryPutAll(ref vcpu);
        vcpu.ContextRefusal = done ? Errno.None : error;
        return done ? error : Errno.Restart;
    }

    private static Errno Read(ref VirtualCpu vcpu, GuestAddress address)
    {
        if (!FrameAllocator.TryTake(1, out Mfn scratch))
            return Errno.NoMem;
        Preemption.Charge(Cost.RecordFrame + Cost.RecordFrameBack);
        ref VcpuGuestContext context = ref DirectMap.At<VcpuGuestContext>(scratch.Address);
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<VcpuGuestContext>(ref context));
        Errno error = GuestMemory.TryCopyIn(bytes, address) ? Take(ref vcpu, ref context) : Errno.Fault;
        FrameAllocator.Free(scratch, 1);
        return error;
    }

    private static Errno Take(ref VirtualCpu vcpu, ref VcpuGuestContext context)
    {
        if (!IsSound(ref vcpu, context))
            return Errno.Inval;
        Errno error = TakeFrames(ref vcpu, ref context);
        if (error != Errno.None)
            return error;
        vcpu.KernelMode = 1;
        vcpu.Descriptors.LocalBase = new(context.LdtBase);
        vcpu.Descriptors.LocalEntries = (uint)context.LdtEntries;
        TakeRegisters(ref vcpu, context);
        TakeHandlers(ref vcpu, ref context);
        if ((context.Flags & VcpuContextFlags.I387Valid) != 0)
            GuestFloatingPoint.Set(ref vcpu, context.FpuContext.AsReadOnlySpan());
        vcpu.IsInitialised = true;
        return Errno.None;
    }

    private static Errno TakeFrames(ref VirtualCpu vcpu, ref VcpuGuestContext context)
    {
        var root = Mfn.Of(new(context.ControlRegisters.Cr3));
        Errno error = root.Value != 0 ? AddressSpaces.Prepare(ref vcpu, ref vcpu.KernelRoot, root) : Errno.Inval;
        if (error == Errno.None)
            error = AddressSpaces.Prepare(ref vcpu, ref vcpu.UserRoot, Mfn.Of(new(context.ControlRegisters.UserPageTable)));
        if (error != Errno.None)
            return error;
        uint entries = (uint)context.GdtEntries;
        return DescriptorCalls.Prepare(ref vcpu, context.GdtFrames.AsReadOnlySpan()[..(int)GuestDescriptors.PagesOf(entries)], entries);
    }

    private static bool IsSound(ref VirtualCpu vcpu, in VcpuGuestContext context)
        => context.GdtEntries <= GdtLayout.FirstReservedEntry
            && context.LdtEntries <= LocalDescriptors.MaximumEntries && (context.LdtBase & (Mfn.Size - 1)) == 0
            && Layout.IsCanonical(context.LdtBase) && !Layout.IsHypervisor(context.LdtBase)
            && Layout.IsCanonical(context.EventCallback) && Layout.IsCanonical(context.FailsafeCallback)
            && Layout.IsCanonical(context.SyscallCallback)
            && Layout.IsCanonical(context.FsBase) && Layout.IsCanonical(context.GsBaseKernel) && Layout.IsCanonical(context.GsBaseUser)
            && KernelStack.TrySet(ref vcpu, context.KernelSs, context.KernelSp);

    private static void TakeRegisters(ref VirtualCpu vcpu, in VcpuGuestContext context)
    {
        ref Registers to = ref vcpu.Registers;
        ref readonly UserRegs from = ref context.UserRegs;
        (to.Rax, to.Rbx, to.Rcx, to.Rdx) = (from.Rax, from.Rbx, from.Rcx, from.Rdx);
        (to.Rsi, to.Rdi, to.Rbp, to.Rsp) = (from.Rsi, from.Rdi, from.Rbp, from.Rsp);
        (to.R8, to.R9, to.R10, to.R11) = (from.R8, from.R9, from.R10, from.R11);
        (to.R12, to.R13, to.R14, to.R15) = (from.R12, from.R13, from.R14, from.R15);
        to.Rip = from.Rip;
        to.Cs = from.Cs == 0 ? FlatSelectors.KernelCode : from.Cs | 3u;
        to.Ss = from.Ss == 0 ? FlatSelectors.KernelStack : from.Ss | 3u;
        to.Rflags = (from.Rflags & ~(Flags.PrivilegeMask | Flags.Virtual8086)) | Flags.Interrupt;
        to.Vector = 0;
        vcpu.Ports.PrivilegeLevel = (byte)(from.Rflags >> 12 & 3);
        vcpu.Segments.Ds = from.Ds;
        vcpu.Segments.Es = from.Es;
        vcpu.Segments.Fs = from.Fs;
        vcpu.Segments.Gs = from.Gs;
        vcpu.Segments.FsBase = context.FsBase;
        vcpu.Segments.GsBase = context.GsBaseKernel;
        vcpu.Segments.InactiveGsBase = context.GsBaseUser;
    }

    private static void TakeHandlers(ref VirtualCpu vcpu, ref VcpuGuestContext context)
    {
        vcpu.Callbacks.Event = context.EventCallback;
        vcpu.Callbacks.Failsafe = context.FailsafeCallback;
        vcpu.SyscallCallback = context.SyscallCallback;
        vcpu.Callbacks.FailsafeMasksEvents = (context.Flags & VcpuContextFlags.FailsafeDisablesEvents) != 0;
        vcpu.SyscallMasksEvents = (context.Flags & VcpuContextFlags.SyscallDisablesEvents) != 0 ? (byte)1 : (byte)0;
        Preemption.Charge(Cost.SmallRecord, 256);
        for (int vector = 0; vector < 256; vector++)
        {
            TrapInfo entry = context.TrapTable[vector];
            entry.Vector = (byte)vector;
            if (Layout.IsCanonical(entry.Address))
                TrapEntries.Set(ref vcpu, entry);
        }
    }
}
