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

    /// <summary>
    /// Handles a vector below 32 but for the page fault and general protection, with the lock; a guest that cannot take its exception dies.
    /// </summary>
    public static void Handle(ref VirtualCpu vcpu, uint vector)
    {
        if (vector is DoubleFault or MachineCheck)
            Panic.Trap(vcpu.Registers);
        else if (!TryHandle(ref vcpu, vector))
            Deliver(ref vcpu, vector, vcpu.Registers.ErrorCode);
    }

    /// <summary>The same without the lock; false where it takes that, and then nothing has changed.</summary>
    public static bool TryHandle(ref VirtualCpu vcpu, uint vector)
    {
        switch (vector)
        {
            case InvalidOpcode: return Privileged.TryInvalidOpcode(ref vcpu);
            case DeviceNotAvailable: return TryNoDevice(ref vcpu);
            case Debug: return TryDebugTrap(ref vcpu);
            case NonMaskable: return true;
            case DoubleFault or MachineCheck: return false;
            default: return TryDeliver(ref vcpu, vector, vcpu.Registers.ErrorCode);
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
        if (vcpu.Traps.Addresses[unchecked((byte)vector)] == 0)
            Crash.Domain(ref vcpu, "an exception that it has no handler for"u8, vector);
        else if (!TryDeliver(ref vcpu, vector, errorCode))
            Bounce.Refuse(ref vcpu);
    }

    /// <summary>The same without the lock; false where the guest cannot take it, and then nothing has changed.</summary>
    public static bool TryDeliver(ref VirtualCpu vcpu, uint vector, uint errorCode)
    {
        ulong handler = vcpu.Traps.Addresses[unchecked((byte)vector)];
        if (handler == 0)
            return false;
        if (HasErrorCode(vector))
            return Bounce.TryDeliverException(ref vcpu, vector, errorCode);
        return Bounce.TryDeliver(ref vcpu, handler, (vcpu.Traps.Flags[unchecked((byte)vector)] & (byte)TrapInfoFlags.MaskEvents) != 0);
    }

    /// <summary>The same for a page fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDeliverPageFault(ref VirtualCpu vcpu, uint errorCode)
        => vcpu.Traps.Addresses[(int)PageFaultVector] != 0 && Bounce.TryDeliverException(ref vcpu, PageFaultVector, errorCode);

    /// <summary>
    /// Bounces `int n` if the guest's table lets its present mode do that, counting the kernel as ring 1; `start` is where the instruction lies,
    /// `next` where the one behind it does. Else the guest gets the general protection fault that the processor would raise. Needs no lock; false
    /// where the guest cannot take it, and then nothing has changed.
    /// </summary>
    public static bool TrySoftwareInterrupt(ref VirtualCpu vcpu, uint vector, ulong start, ulong next)
    {
        ulong handler = vcpu.Traps.Addresses[(int)vector], before = vcpu.Registers.Rip;
        byte flags = vcpu.Traps.Flags[(int)vector];
        int ring = flags & (byte)TrapInfoFlags.PrivilegeMask;
        ulong flagsBefore = vcpu.Registers.Rflags;
        bool allows = handler != 0 && ring >= (vcpu.IsKernel ? 1 : 3);
        vcpu.Registers.Rip = allows ? next : start;
        if (allows)
            vcpu.Registers.Rflags &= ~Flags.Resume;
        bool done = allows ? Bounce.TryDeliver(ref vcpu, handler, (flags & (byte)TrapInfoFlags.MaskEvents) != 0)
            : TryDeliver(ref vcpu, GeneralProtection, vector << 3 | 2);
        if (!done)
            (vcpu.Registers.Rip, vcpu.Registers.Rflags) = (before, flagsBefore);
        return done;
    }

    /// <summary>
    /// An instruction has been done for the guest, and RIP is where it goes on: what the processor does behind each. RF, which the fault may have
    /// set, was for that one alone; and who steps through a program stops here too, not behind the next instruction (SDM vol. 3, 17.3).
    /// With the lock where TF is set.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Retire(ref VirtualCpu vcpu)
    {
        ref ulong flags = ref vcpu.Registers.Rflags;
        flags &= ~Flags.Resume;
        if ((flags & Flags.Trap) != 0)
            Step(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Step(ref VirtualCpu vcpu)
    {
        const ulong singleStep = 1 << 14;
        vcpu.DebugRegisters[6] |= singleStep;
        Deliver(ref vcpu, Debug, 0);
    }

    private static bool TryNoDevice(ref VirtualCpu vcpu)
    {
        if (!vcpu.TaskSwitched)
            return true;
        if (!TryDeliver(ref vcpu, DeviceNotAvailable, 0))
            return false;
        vcpu.TaskSwitched = false;
        return true;
    }

    private static bool TryDebugTrap(ref VirtualCpu vcpu)
    {
        const ulong reasons = 0xe00f;
        vcpu.DebugRegisters[6] |= Breakpoints.ReadStatus() & reasons;
        Breakpoints.ClearStatus();
        return TryDeliver(ref vcpu, Debug, 0);
    }
}
