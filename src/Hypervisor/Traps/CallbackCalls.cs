using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_callback_op and the older set_callbacks (ABI 04 §4.5).</summary>
public static class CallbackCalls
{
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ulong address = vcpu.Registers.Rsi;
        switch ((CallbackCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case CallbackCommand.Register:
                return GuestMemory.TryRead(new(address), out CallbackRegister record)
                    ? CallResult.Error(Register(ref vcpu, record.Type, record.Flags, record.Address)) : CallResult.Error(Errno.Fault);
            case CallbackCommand.Unregister:
                return GuestMemory.TryRead(new(address), out CallbackUnregister old)
                    ? CallResult.Error(Unregister(ref vcpu, old.Type)) : CallResult.Error(Errno.Fault);
            default:
                return CallResult.Error(Errno.NoSys);
        }
    }

    private static Errno Register(ref VirtualCpu vcpu, CallbackType type, CallbackFlags flags, ulong address)
    {
        bool masks = (flags & CallbackFlags.MaskEvents) != 0;
        if (!Layout.IsCanonical(address))
            return Errno.Inval;
        switch (type)
        {
            case CallbackType.Event:
                vcpu.Callbacks.Event = address;
                return Errno.None;
            case CallbackType.Failsafe:
                (vcpu.Callbacks.Failsafe, vcpu.Callbacks.FailsafeMasksEvents) = (address, masks);
                return Errno.None;
            case CallbackType.Syscall:
                (vcpu.SyscallCallback, vcpu.SyscallMasksEvents) = (address, masks ? (byte)1 : (byte)0);
                return Errno.None;
            case CallbackType.Syscall32:
                (vcpu.Callbacks.Syscall32, vcpu.Callbacks.Syscall32MasksEvents) = (address, masks);
                return Errno.None;
            case CallbackType.Sysenter when ProcessorSetup.HasSysenter:
                (vcpu.Callbacks.Sysenter, vcpu.Callbacks.SysenterMasksEvents) = (address, masks);
                return Errno.None;
            case CallbackType.Nmi:
                RegisterNmi(ref vcpu, address);
                return Errno.None;
            default:
                return Errno.NoSys;
        }
    }

    /// <summary>The handler is entered with events masked; an NMI that waited for it is delivered.</summary>
    private static void RegisterNmi(ref VirtualCpu vcpu, ulong address)
    {
        TrapEntries.Set(ref vcpu, new TrapInfo { Vector = (byte)Exceptions.NonMaskable, Flags = TrapInfoFlags.MaskEvents, Address = address });
        if (vcpu.Nmi.IsPending)
            vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
    }

    private static Errno Unregister(ref VirtualCpu vcpu, CallbackType type)
    {
        switch (type)
        {
            case CallbackType.Nmi:
                vcpu.Traps.Addresses[(int)Exceptions.NonMaskable] = 0;
                return Errno.None;
            case CallbackType.Event or CallbackType.Failsafe or CallbackType.Syscall or CallbackType.Syscall32 or CallbackType.Sysenter:
                return Errno.Inval;
            default:
                return Errno.NoSys;
        }
    }

    /// <summary>RDI, RSI, RDX: the event, failsafe and syscall addresses. Errors: Inval.</summary>
    public static long SetCallbacks(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        if (!Layout.IsCanonical(registers.Rdi) || !Layout.IsCanonical(registers.Rsi) || !Layout.IsCanonical(registers.Rdx))
            return CallResult.Error(Errno.Inval);
        vcpu.Callbacks.Event = registers.Rdi;
        vcpu.Callbacks.Failsafe = registers.Rsi;
        vcpu.SyscallCallback = registers.Rdx;
        return 0;
    }
}
