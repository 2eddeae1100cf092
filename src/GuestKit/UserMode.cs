using System;
using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// Code outside the kernel: machine code in an address space of its own, with one page of code and one of stack. It runs until it traps or
/// makes a system call; what that was is in <see cref="Traps.Last"/>.
/// </summary>
public static unsafe class UserMode
{
    /// <summary>Where the code lies.</summary>
    public const ulong CodeAddress = 0x40_0000;

    /// <summary>The end of the page of stack.</summary>
    public const ulong StackEnd = CodeAddress + (3 * Frames.PageBytes);

    /// <summary>Flags with events masked, as <see cref="Run"/> gives them.</summary>
    public const ulong MaskedFlags = 2;

    private const ulong KernelCode = 0xe030;

    private static ulong code;
    private static ulong trapStack;

    /// <summary>The user mode's top-level table once there is one, else 0: its machine frame.</summary>
    public static ulong Root { get; private set; }

    /// <summary>Runs code until it traps.</summary>
    public static void Run(ReadOnlySpan<byte> instructions, ulong first = 0, ulong second = 0)
    {
        Load(instructions);
        Enter(CodeAddress, MaskedFlags, FlatSelectors.UserCode, first, second);
    }

    /// <summary>Makes the address space if there is none yet, and puts code into it.</summary>
    public static void Load(ReadOnlySpan<byte> instructions)
    {
        if (Root == 0)
            Prepare();
        Frames.FillCode(code, instructions);
    }

    /// <summary>Enters user mode at an address with given flags, code selector, RDI and RSI.</summary>
    public static void Enter(ulong address, ulong flags, ulong selector, ulong first = 0, ulong second = 0)
    {
        Hypercalls.Call(Hypercall.StackSwitch, FlatSelectors.KernelStack, trapStack == 0 ? Symbols.UserTrapStackTop : trapStack);
        Enter(address, StackEnd, flags, first, second, selector);
    }

    /// <summary>From now on the frames of traps and system calls of user code end here; 0 is the kit's own stack.</summary>
    public static void UseStack(ulong end) => trapStack = end;

    private static void Prepare()
    {
        code = Frames.Take();
        ulong stack = Frames.Take(), level1 = Frames.Take(), level2 = Frames.Take(), level3 = Frames.Take(), level4 = Frames.Take();
        Frames.Words(level1)[Entries.Index(CodeAddress, 1)] = Entries.Make(Frames.Of(code), Entries.ReadWrite);
        Frames.Words(level1)[Entries.Index(StackEnd - 8, 1)] = Entries.Make(Frames.Of(stack), Entries.ReadWrite);
        Frames.Words(level2)[Entries.Index(CodeAddress, 2)] = Entries.Make(Frames.Of(level1), Entries.Table);
        Frames.Words(level3)[0] = Entries.Make(Frames.Of(level2), Entries.Table);
        Frames.Words(level4)[0] = Entries.Make(Frames.Of(level3), Entries.Table);
        Frames.Protect(level1);
        Frames.Protect(level2);
        Frames.Protect(level3);
        Frames.Protect(level4);
        long result = Mmu.Extended(MmuExtendedCommand.NewUserBasePointer, Frames.Of(level4));
        if (result != 0)
            Failure.Stop("no address space for user code"u8, (ulong)result);
        Root = Frames.Of(level4);
    }

    // A trap that came from user mode ends it: the kernel goes on behind Enter, with events masked.
    internal static void Finish(ref TrapFrame frame)
    {
        frame.Rip = Symbols.UserFinished;
        frame.Cs = KernelCode;
        frame.Rflags = MaskedFlags;
        frame.Rsp = *StackAddress();
        frame.Ss = FlatSelectors.KernelStack;
    }

    [RuntimeImport("*", "UserEnter"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Enter(ulong address, ulong stack, ulong flags, ulong first, ulong second, ulong selector);

    [RuntimeImport("*", "UserKernelStackAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* StackAddress();
}
