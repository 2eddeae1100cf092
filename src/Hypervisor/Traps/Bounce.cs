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

    /// <summary>A frame without an error code.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents)
    {
        ulong stack = unchecked(Prepare(ref vcpu) - FrameBytes);
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        bool written = GuestMemory.TryWriteFrame(new(stack), ref registers.R15, registers.Cs | mask << 32, SavedFlags(ref vcpu, mask));
        Enter(ref vcpu, ref info, stack, handler, maskEvents, written);
    }

    /// <summary>A frame with an error code.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents, uint errorCode)
    {
        ulong stack = unchecked(Prepare(ref vcpu) - ErrorFrameBytes);
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        bool written = GuestMemory.TryWriteFrame(new(stack), ref registers.R15, registers.Cs | mask << 32, SavedFlags(ref vcpu, mask), errorCode);
        Enter(ref vcpu, ref info, stack, handler, maskEvents, written);
    }

    /// <summary>
    /// The frame of the failsafe callback (ABI 04 §4.7): the processor has refused data selectors of a virtual CPU that was loaded, and null stands
    /// in their place; the frame tells what they were.
    /// </summary>
    public static void DeliverFailsafe(ref VirtualCpu vcpu)
    {
        ulong stack = unchecked(Prepare(ref vcpu) - FailsafeFrameBytes);
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        FailsafeFrame frame = default;
        (frame[0], frame[1]) = (registers.Rcx, registers.R11);
        (frame[2], frame[3], frame[4], frame[5]) = (vcpu.Segments.Ds, vcpu.Segments.Es, vcpu.Segments.Fs, vcpu.Segments.Gs);
        (frame[6], frame[7], frame[8]) = (registers.Rip, registers.Cs | mask << 32, SavedFlags(ref vcpu, mask));
        (frame[9], frame[10]) = (registers.Rsp, registers.Ss);
        Enter(ref vcpu, ref info, stack, vcpu.Callbacks.Failsafe, vcpu.Callbacks.FailsafeMasksEvents, GuestMemory.TryWrite(new(stack), frame));
    }

    /// <summary>Changes to the kernel if an application was interrupted; clears the RPL that tells so; returns the end of the frame to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Prepare(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        if (vcpu.IsKernel)
        {
            registers.Cs &= 0xfffc;
            return registers.Rsp & ~15ul;
        }
        GuestMode.EnterKernel(ref vcpu);
        return vcpu.KernelStack;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SavedFlags(ref VirtualCpu vcpu, ulong mask)
    {
        ulong rflags = vcpu.Registers.Rflags & ~(Flags.Interrupt | Flags.PrivilegeMask);
        if (vcpu.Ports.PrivilegeLevel != 0 && vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl))
            rflags |= (ulong)vcpu.Ports.PrivilegeLevel << 12;
        return mask == 0 ? rflags | Flags.Interrupt : rflags;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(ref VirtualCpu vcpu, ref VcpuInfo info, ulong stack, ulong handler, bool maskEvents, bool written)
    {
        if (!written)
        {
            Crash.Domain(ref vcpu, "its kernel's stack takes no frame"u8, stack);
            return;
        }
        ref Registers registers = ref vcpu.Registers;
        registers.Rip = handler;
        registers.Cs = FlatSelectors.Ring3Code64;
        registers.Ss = FlatSelectors.Ring3Stack64;
        registers.Rsp = stack;
        const ulong cleared = Flags.Trap | Flags.PrivilegeMask | Flags.NestedTask | Flags.Resume | Flags.Virtual8086 | Flags.AlignmentCheck;
        registers.Rflags = (registers.Rflags & ~cleared) | Flags.Interrupt;
        if (maskEvents)
            info.EventUpcallMask = 1;
    }

    [InlineArray((int)FailsafeFrameBytes / 8)]
    private struct FailsafeFrame
    {
        private ulong element;
    }
}
