using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// Puts a frame on the guest kernel's stack and sends the virtual CPU to a handler, as the processor would for an interrupt (ABI 04 §4.4): RCX, R11,
/// the error code if there is one, RIP, CS with the former event mask in bits 32 to 39, RFLAGS with IF as that mask says, RSP, SS.
/// </summary>
public static class Bounce
{
    private const ulong FrameBytes = 56, ErrorFrameBytes = 64, FailsafeFrameBytes = 88;

    /// <summary>A frame without an error code; a guest whose kernel's stack takes none dies.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents)
    {
        if (!TryDeliver(ref vcpu, handler, maskEvents))
            Refuse(ref vcpu);
    }

    /// <summary>A frame with an error code; a guest whose kernel's stack takes none dies.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents, uint errorCode)
    {
        if (!TryDeliver(ref vcpu, handler, maskEvents, errorCode))
            Refuse(ref vcpu);
    }

    /// <summary>
    /// A frame without an error code. False where the kernel's stack takes none, and then nothing has changed. Needs no lock: what it touches is the
    /// virtual CPU's own, or is reached through its guest's tables.
    /// </summary>
    public static bool TryDeliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents)
    {
        bool isKernel = vcpu.IsKernel;
        ulong stack = unchecked(Prepare(ref vcpu, isKernel) - FrameBytes);
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        if (!GuestMemory.TryWriteFrame(new(stack), ref vcpu.Registers.R15, SavedCs(vcpu, isKernel, mask), SavedFlags(ref vcpu, mask)))
            return GoBack(ref vcpu, isKernel);
        return Enter(ref vcpu, ref info, stack, handler, maskEvents);
    }

    /// <summary>The same with an error code.</summary>
    public static bool TryDeliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents, uint errorCode)
    {
        bool isKernel = vcpu.IsKernel;
        ulong stack = unchecked(Prepare(ref vcpu, isKernel) - ErrorFrameBytes);
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        if (!GuestMemory.TryWriteFrame(new(stack), ref vcpu.Registers.R15, SavedCs(vcpu, isKernel, mask), SavedFlags(ref vcpu, mask), errorCode))
            return GoBack(ref vcpu, isKernel);
        return Enter(ref vcpu, ref info, stack, handler, maskEvents);
    }

    /// <summary>
    /// The frame of the failsafe callback (ABI 04 §4.7): the processor has refused data selectors of a virtual CPU that was loaded, and null stands
    /// in their place; the frame tells what they were.
    /// </summary>
    public static void DeliverFailsafe(ref VirtualCpu vcpu)
    {
        bool isKernel = vcpu.IsKernel;
        ulong stack = unchecked(Prepare(ref vcpu, isKernel) - FailsafeFrameBytes);
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        FailsafeFrame frame = default;
        (frame[0], frame[1]) = (registers.Rcx, registers.R11);
        (frame[2], frame[3], frame[4], frame[5]) = (vcpu.Segments.Ds, vcpu.Segments.Es, vcpu.Segments.Fs, vcpu.Segments.Gs);
        (frame[6], frame[7], frame[8]) = (registers.Rip, SavedCs(vcpu, isKernel, mask), SavedFlags(ref vcpu, mask));
        (frame[9], frame[10]) = (registers.Rsp, registers.Ss);
        if (GuestMemory.TryWrite(new(stack), frame))
            Enter(ref vcpu, ref info, stack, vcpu.Callbacks.Failsafe, vcpu.Callbacks.FailsafeMasksEvents);
        else
            Refuse(ref vcpu);
    }

    /// <summary>Changes to the kernel if an application was interrupted; returns the end of the frame to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Prepare(ref VirtualCpu vcpu, bool isKernel)
    {
        if (isKernel)
            return vcpu.Registers.Rsp & ~15ul;
        GuestMode.EnterKernel(ref vcpu);
        return vcpu.KernelStack;
    }

    /// <summary>Undoes that; false, for the one that has delivered nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool GoBack(ref VirtualCpu vcpu, bool isKernel)
    {
        if (!isKernel)
            GuestMode.ReturnToUser(ref vcpu);
        return false;
    }

    /// <summary>No frame could be put on the kernel's stack: the guest dies.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(ref VirtualCpu vcpu)
        => Crash.Domain(ref vcpu, "its kernel's stack takes no frame"u8, vcpu.IsKernel ? vcpu.Registers.Rsp : vcpu.KernelStack);

    /// <summary>A code selector with RPL 0 tells that the kernel was interrupted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SavedCs(in VirtualCpu vcpu, bool isKernel, ulong mask)
        => (isKernel ? vcpu.Registers.Cs & 0xfffc : vcpu.Registers.Cs) | mask << 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SavedFlags(ref VirtualCpu vcpu, ulong mask)
    {
        ulong rflags = vcpu.Registers.Rflags & ~(Flags.Interrupt | Flags.PrivilegeMask);
        if (vcpu.Ports.PrivilegeLevel != 0 && vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl))
            rflags |= (ulong)vcpu.Ports.PrivilegeLevel << 12;
        return mask == 0 ? rflags | Flags.Interrupt : rflags;
    }

    /// <summary>Sends the virtual CPU to the handler; true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Enter(ref VirtualCpu vcpu, ref VcpuInfo info, ulong stack, ulong handler, bool maskEvents)
    {
        ref Registers registers = ref vcpu.Registers;
        registers.Rip = handler;
        registers.Cs = FlatSelectors.Ring3Code64;
        registers.Ss = FlatSelectors.Ring3Stack64;
        registers.Rsp = stack;
        const ulong cleared = Flags.Trap | Flags.PrivilegeMask | Flags.NestedTask | Flags.Resume | Flags.Virtual8086 | Flags.AlignmentCheck;
        registers.Rflags = (registers.Rflags & ~cleared) | Flags.Interrupt;
        if (maskEvents)
            info.EventUpcallMask = 1;
        return true;
    }

    [InlineArray((int)FailsafeFrameBytes / 8)]
    private struct FailsafeFrame
    {
        private ulong element;
    }
}
