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

    /// <summary>
    /// A frame without an error code. False where the kernel's stack takes none, and then nothing has changed. Needs no lock: what it touches is the
    /// virtual CPU's own, or is reached through its guest's tables.
    /// </summary>
    public static bool TryDeliver(ref VirtualCpu vcpu, ulong handler, bool maskEvents)
    {
        ulong stack = unchecked(Prepare(ref vcpu) - FrameBytes);
        ref Registers registers = ref vcpu.Registers;
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong mask = info.EventUpcallMask;
        if (!GuestMemory.TryWriteFrame(new(stack), ref registers.R15, registers.Cs | mask << 32, SavedFlags(ref vcpu, mask)))
            return GoBack(ref vcpu);
        return Enter(ref vcpu, ref info, stack, handler, maskEvents);
    }

    /// <summary>The same with an error code, for a vector's handler, which is read last: nothing of it is kept over the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDeliverException(ref VirtualCpu vcpu, uint vector, uint errorCode)
    {
        ulong stack = unchecked(Prepare(ref vcpu) - ErrorFrameBytes);
        ulong mask = vcpu.Info.Value.EventUpcallMask;
        if (!GuestMemory.TryWriteFrame(new(stack), ref vcpu.Registers.R15, vcpu.Registers.Cs | mask << 32, SavedFlags(ref vcpu, mask), errorCode))
            return GoBack(ref vcpu);
        int index = unchecked((byte)vector);
        bool masks = (vcpu.Traps.Flags[index] & (byte)TrapInfoFlags.MaskEvents) != 0;
        return Enter(ref vcpu, ref vcpu.Info.Value, stack, vcpu.Traps.Addresses[index], masks);
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
        if (GuestMemory.TryWrite(new(stack), frame))
            Enter(ref vcpu, ref info, stack, vcpu.Callbacks.Failsafe, vcpu.Callbacks.FailsafeMasksEvents);
        else
            Refuse(ref vcpu);
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

    /// <summary>Undoes that; false, for the one that has delivered nothing. The processor's own RPL was 3 for both.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool GoBack(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        if ((registers.Cs & 3) == 0)
            registers.Cs |= 3;
        else
            GuestMode.ReturnToUser(ref vcpu);
        return false;
    }

    /// <summary>No frame could be put on the kernel's stack: the guest dies.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Refuse(ref VirtualCpu vcpu)
        => Crash.Domain(ref vcpu, "its kernel's stack takes no frame"u8, vcpu.IsKernel ? vcpu.Registers.Rsp : vcpu.KernelStack);

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
