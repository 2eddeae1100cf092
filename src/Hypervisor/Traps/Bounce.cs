using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>Bits of RFLAGS.</summary>
public static class Flags
{
    public const ulong Trap = 0x100, Interrupt = 0x200, Direction = 0x400, PrivilegeMask = 0x3000, NestedTask = 0x4000, Resume = 0x1_0000,
        Virtual8086 = 0x2_0000, AlignmentCheck = 0x4_0000;
}

/// <summary>
/// Puts a frame on the guest kernel's stack and sends the virtual CPU to a handler, as the processor would for an interrupt (ABI 04 §4.4): RCX, R11,
/// the error code if there is one, RIP, CS with the former event mask in bits 32 to 39, RFLAGS with IF as that mask says, RSP, SS.
/// </summary>
public static class Bounce
{
    [StructLayout(LayoutKind.Sequential)]
    private struct GuestFrame
    {
        public ulong Rcx, R11, ErrorCode, Rip, Cs, Rflags, Rsp, Ss;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ShortGuestFrame
    {
        public ulong Rcx, R11, Rip, Cs, Rflags, Rsp, Ss;
    }

    /// <summary>A frame without an error code.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents)
    {
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong stack = Prepare(ref vcpu);
        ShortGuestFrame frame;
        frame.Rcx = registers.Rcx;
        frame.R11 = registers.R11;
        frame.Rip = registers.Rip;
        frame.Cs = registers.Cs | (ulong)info.EventUpcallMask << 32;
        frame.Rflags = SavedFlags(vcpu, registers.Rflags, info.EventUpcallMask);
        frame.Rsp = registers.Rsp;
        frame.Ss = registers.Ss;
        Enter(ref vcpu, unchecked(stack - 56), handler, maskEvents, GuestMemory.TryWriteFrame(unchecked(stack - 56), ref frame.Rcx, 7));
    }

    /// <summary>A frame with an error code.</summary>
    public static void Deliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents, uint errorCode)
    {
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong stack = Prepare(ref vcpu);
        GuestFrame frame;
        frame.Rcx = registers.Rcx;
        frame.R11 = registers.R11;
        frame.ErrorCode = errorCode;
        frame.Rip = registers.Rip;
        frame.Cs = registers.Cs | (ulong)info.EventUpcallMask << 32;
        frame.Rflags = SavedFlags(vcpu, registers.Rflags, info.EventUpcallMask);
        frame.Rsp = registers.Rsp;
        frame.Ss = registers.Ss;
        Enter(ref vcpu, unchecked(stack - 64), handler, maskEvents, GuestMemory.TryWriteFrame(unchecked(stack - 64), ref frame.Rcx, 8));
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
    private static ulong SavedFlags(in VirtualCpu vcpu, ulong rflags, byte mask)
    {
        rflags &= ~(Flags.Interrupt | Flags.PrivilegeMask);
        if (vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl))
            rflags |= (ulong)vcpu.PrivilegeLevel << 12;
        return mask == 0 ? rflags | Flags.Interrupt : rflags;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(ref VirtualCpu vcpu, ulong stack, ulong handler, bool maskEvents, bool written)
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
        registers.Rflags &= ~(Flags.Trap | Flags.PrivilegeMask | Flags.NestedTask | Flags.Resume | Flags.Virtual8086 | Flags.AlignmentCheck);
        registers.Rflags |= Flags.Interrupt;
        if (maskEvents)
            vcpu.Info.Value.EventUpcallMask = 1;
    }
}
