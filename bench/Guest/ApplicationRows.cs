using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>What applications cause: system calls and page faults, with the way back; and a page fault of the kernel.</summary>
internal static class ApplicationRows
{
    private const int Loops = 10;

    /// <summary>In a top-level slot that is empty.</summary>
    private const ulong Unmapped = 0x1000;

    internal static void Run()
    {
        Prepare();
        Assembly.RunApplication(Assembly.ApplicationSyscalls, 3, 1 << Loops, Loops, 0);
        Assembly.RunApplication(Assembly.ApplicationFaults, 4, 1 << Loops, Loops, Unmapped);
        Assembly.MarkStart(25);
        for (int i = 0; i < 1 << Loops; i++)
            Assembly.FaultInKernel(Unmapped);
        Assembly.MarkStop(Loops);
    }

    private static void Prepare()
    {
        Ways.Register(CallbackType.Syscall, CallbackFlags.MaskEvents, Assembly.SyscallEntry);
        Ways.HandlePageFaults(Assembly.PageFaultEntry);
        Hypercalls.Call(Hypercall.StackSwitch, 0xe02b, Assembly.EntryStackTop);
        long result = Tables.Extended(MmuExtendedCommand.NewUserBasePointer, Tables.RootFrame);
        Verdict.ExpectResult(result, 0, "the applications' table"u8);
    }
}

/// <summary>Where the hypervisor enters the guest.</summary>
internal static class Ways
{
    private const byte PageFault = 14;

    internal static void Register(CallbackType type, CallbackFlags flags, ulong address)
    {
        CallbackRegister argument = default;
        argument.Type = type;
        argument.Flags = flags;
        argument.Address = address;
        long result = Hypercalls.Call(Hypercall.CallbackOp, (ulong)CallbackCommand.Register, Hypercalls.AddressOf(in argument));
        Verdict.ExpectResult(result, 0, "callback_op"u8);
    }

    internal static void HandlePageFaults(ulong address)
    {
        Table table = default;
        table[0].Vector = PageFault;
        table[0].Flags = TrapInfoFlags.MaskEvents;
        table[0].Cs = 0xe033;
        table[0].Address = address;
        Verdict.ExpectResult(Hypercalls.Call(Hypercall.SetTrapTable, Hypercalls.AddressOf(in table)), 0, "set_trap_table"u8);
    }

    // The second entry, whose address is zero, ends the table.
    [InlineArray(2)]
    private struct Table
    {
        private TrapInfo element;
    }
}
