using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Exceptions and callbacks of a guest. An exception outside of a <see cref="Probe"/> ends the guest with a line.</summary>
public static unsafe class Traps
{
    /// <summary><see cref="TrapFrame.Vector"/> of the event callback.</summary>
    public const int EventVector = 32;

    /// <summary><see cref="TrapFrame.Vector"/> of the failsafe callback.</summary>
    public const int FailsafeVector = 33;

    /// <summary><see cref="TrapFrame.Vector"/> of the syscall callback.</summary>
    public const int SyscallVector = 34;

    private const int ExceptionCount = 20;
    private const int BreakpointVector = 3;
    private const int DoubleFaultVector = 8;
    private const int PageFaultVector = 14;
    private const int StubBytes = 16;
    private const ushort KernelCode = 0xe033;

    /// <summary>How often the event callback has come.</summary>
    public static ulong EventCount;

    /// <summary>How often the failsafe callback has come.</summary>
    public static ulong FailsafeCount;

    /// <summary>DS, ES, FS and GS as the last failsafe callback told them.</summary>
    public static ReadOnlySpan<ulong> LostSelectors => new(LostSelectorsAddress(), 4);

    [RuntimeImport("*", "LostSelectorsAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* LostSelectorsAddress();

    /// <summary>The last exception that a <see cref="Probe"/> caught.</summary>
    public static TrapFrame Last;

    /// <summary>The faulting address of the last page fault that a probe caught.</summary>
    public static ulong LastAddress;

    /// <summary>The vector of stubs that no exception of the processor uses: for vectors that a story registers itself.</summary>
    public const int SpareVector = 31;

    /// <summary>set_trap_table with one entry.</summary>
    public static long Set(int vector, ulong address, TrapInfoFlags flags = 0)
    {
        TrapTable table = default;
        table[0].Vector = (byte)vector;
        table[0].Flags = flags;
        table[0].Cs = KernelCode;
        table[0].Address = address;
        return Hypercalls.Call(Hypercall.SetTrapTable, Hypercalls.AddressOf(in table));
    }

    /// <summary>callback_op register.</summary>
    public static long SetCallback(CallbackType type, ulong address, CallbackFlags flags = 0)
    {
        CallbackRegister argument = default;
        argument.Type = type;
        argument.Flags = flags;
        argument.Address = address;
        return Hypercalls.Call(Hypercall.CallbackOp, (ulong)CallbackCommand.Register, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Registers the stubs of X64/Traps.S with the hypervisor; events stay masked.</summary>
    public static void Install()
    {
        TrapTable table = default;
        for (int vector = 0; vector < ExceptionCount; vector++)
        {
            table[vector].Vector = (byte)vector;
            table[vector].Flags = (TrapInfoFlags)(vector == BreakpointVector ? 3 : 0);
            table[vector].Cs = KernelCode;
            table[vector].Address = Stub(vector);
        }

        long installed = Hypercalls.Call(Hypercall.SetTrapTable, Hypercalls.AddressOf(in table));
        if (installed != 0)
            Failure.Stop("set_trap_table"u8, (ulong)installed);
        Register(CallbackType.Event, EventVector);
        Register(CallbackType.Failsafe, FailsafeVector);
        Register(CallbackType.Syscall, SyscallVector);
    }

    /// <summary>The address of the stub of a vector, for a guest that registers it itself.</summary>
    public static ulong Stub(int vector) => Symbols.TrapStubs + ((ulong)vector * StubBytes);

    private static void Register(CallbackType type, int vector)
    {
        long registered = SetCallback(type, Stub(vector));
        if (registered != 0)
            Failure.Stop("callback_op"u8, (ulong)registered);
    }

    [RuntimeExport("GuestKitTrap")]
    private static void Enter(TrapFrame* frame)
    {
        if (frame->Vector == EventVector)
        {
            EventCount++;
            Guest.VcpuInfo.EventUpcallPending = 0;
            // While a word's bit stands in the selector, no further event of that word would come up.
            Interlocked.Exchange(ref Guest.VcpuInfo.EventPendingSelector, 0);
            return;
        }

        // What cannot be loaded is null by now, and stays it.
        if (frame->Vector == FailsafeVector)
        {
            FailsafeCount++;
            return;
        }

        bool user = (frame->Cs & 3) == 3;
        if (!user && !Probe.Catch(ref *frame))
            Die(ref *frame);
        Last = *frame;
        if (frame->Vector == PageFaultVector)
            LastAddress = Guest.VcpuInfo.Arch.Cr2;
        if (user)
            UserMode.Finish(ref *frame);
        else
            Probe.Resume(ref *frame);
    }

    private static void Die(ref TrapFrame frame)
    {
        Verdict.WriteFail();
        Console.Write("unexpected trap "u8);
        Console.Write((long)frame.Vector);
        Console.Write(", error code "u8);
        Console.WriteHex(frame.ErrorCode);
        if (frame.Vector == PageFaultVector)
        {
            Console.Write(", address "u8);
            Console.WriteHex(Guest.VcpuInfo.Arch.Cr2);
        }

        Console.Write("\n"u8);
        Failure.Stop("at"u8, frame.Rip);
    }

    // One more than are filled: an address of zero ends the table.
    [InlineArray(ExceptionCount + 1)]
    private struct TrapTable
    {
        private TrapInfo element;
    }
}
