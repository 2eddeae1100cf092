using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Records;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>Exceptions that guests cause: resolved here, or bounced to their own handlers with the error code as the ABI has it.</summary>
public static class Exceptions
{
    public const uint Divide = 0, Debug = 1, NonMaskable = 2, Breakpoint = 3, InvalidOpcode = 6, DeviceNotAvailable = 7, DoubleFault = 8,
        InvalidTaskState = 10, GeneralProtection = 13, PageFaultVector = 14, AlignmentCheck = 17, MachineCheck = 18, ControlProtection = 21;

    /// <summary>Handles a vector below 32 but for the page fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Handle(ref VirtualCpu vcpu, uint vector)
    {
        if (vector == GeneralProtection)
            Privileged.GeneralProtection(ref vcpu, vcpu.Registers.ErrorCode);
        else if (vector == InvalidOpcode)
            Privileged.InvalidOpcode(ref vcpu);
        else
            HandleOther(ref vcpu, vector);
    }

    private static void HandleOther(ref VirtualCpu vcpu, uint vector)
    {
        switch (vector)
        {
            case DeviceNotAvailable: NoDevice(ref vcpu); break;
            case Debug: DebugTrap(ref vcpu); break;
            case NonMaskable: break;
            case DoubleFault or MachineCheck: Panic.Trap(vcpu.Registers); break;
            default: Deliver(ref vcpu, vector, vcpu.Registers.ErrorCode); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasErrorCode(uint vector)
    {
        const ulong withCode = 1ul << (int)DoubleFault | 0x1ful << (int)InvalidTaskState | 1ul << (int)AlignmentCheck | 1ul << (int)ControlProtection;
        return vector < 64 && (withCode >> unchecked((int)vector) & 1) != 0;
    }

    /// <summary>Bounces an exception to the guest's handler; a guest without one for it dies.</summary>
    public static void Deliver(ref VirtualCpu vcpu, uint vector, uint errorCode)
    {
        ulong handler = vcpu.Traps.Addresses[unchecked((byte)vector)];
        bool masks = (vcpu.Traps.Flags[unchecked((byte)vector)] & (byte)TrapInfoFlags.MaskEvents) != 0;
        if (handler == 0)
            Crash.Domain(ref vcpu, "an exception that it has no handler for"u8, vector);
        else if (HasErrorCode(vector))
            Bounce.Deliver(ref vcpu, handler, masks, errorCode);
        else
            Bounce.Deliver(ref vcpu, handler, masks);
    }

    /// <summary>The same for a page fault.</summary>
    public static void DeliverPageFault(ref VirtualCpu vcpu, uint errorCode)
    {
        ulong handler = vcpu.Traps.Addresses[(int)PageFaultVector];
        if (handler == 0)
            Deliver(ref vcpu, PageFaultVector, errorCode);
        else
            Bounce.Deliver(ref vcpu, handler, (vcpu.Traps.Flags[(int)PageFaultVector] & (byte)TrapInfoFlags.MaskEvents) != 0, errorCode);
    }

    /// <summary>
    /// Bounces `int n` if the guest's table lets its present mode do that, counting the kernel as ring 1; `start` is where the instruction lies,
    /// `next` where the one behind it does. Else the guest gets the general protection fault that the processor would raise.
    /// </summary>
    public static void SoftwareInterrupt(ref VirtualCpu vcpu, uint vector, ulong start, ulong next)
    {
        ulong handler = vcpu.Traps.Addresses[(int)vector];
        byte flags = vcpu.Traps.Flags[(int)vector];
        int ring = flags & (byte)TrapInfoFlags.PrivilegeMask;
        if (handler == 0 || ring < (vcpu.IsKernel ? 1 : 3))
        {
            vcpu.Registers.Rip = start;
            Deliver(ref vcpu, GeneralProtection, vector << 3 | 2);
            return;
        }
        vcpu.Registers.Rip = next;
        Bounce.Deliver(ref vcpu, handler, (flags & (byte)TrapInfoFlags.MaskEvents) != 0);
    }

    private static void NoDevice(ref VirtualCpu vcpu)
    {
        if (vcpu.TaskSwitched)
        {
            vcpu.TaskSwitched = false;
            Deliver(ref vcpu, DeviceNotAvailable, 0);
        }
    }

    private static void DebugTrap(ref VirtualCpu vcpu)
    {
        const ulong reasons = 0xe00f;
        vcpu.DebugRegisters[6] |= Breakpoints.ReadStatus() & reasons;
        Breakpoints.ClearStatus();
        Deliver(ref vcpu, Debug, 0);
    }
}
