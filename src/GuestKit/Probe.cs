using System;
using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Instructions that may trap; the number is their place in the table of X64/Probe.S.</summary>
public enum ProbeCode
{
    /// <summary>Reads eight bytes at the first argument.</summary>
    Load = 0,
    /// <summary>Writes the second argument at the first.</summary>
    Store = 1,
    /// <summary>Goes to the first argument.</summary>
    Jump = 2,
    /// <summary>ud2.</summary>
    Undefined = 3,
    /// <summary>int3.</summary>
    Breakpoint = 4,
    /// <summary>Divides the first argument by the second.</summary>
    Divide = 5,
    /// <summary>rdmsr of the first argument.</summary>
    ReadMsr = 6,
    /// <summary>wrmsr of the second argument to the first.</summary>
    WriteMsr = 7,
    /// <summary>cli.</summary>
    ClearInterrupts = 8,
    /// <summary>hlt.</summary>
    Halt = 9,
    /// <summary>in al from the port in the first argument.</summary>
    PortIn = 10,
    /// <summary>out of the second argument to the port in the first.</summary>
    PortOut = 11,
    /// <summary>Reads CR3.</summary>
    ReadCr3 = 12,
    /// <summary>Writes the first argument to CR3.</summary>
    WriteCr3 = 13,
    /// <summary>invlpg of the first argument.</summary>
    InvalidatePage = 14,
    /// <summary>lidt from the first argument.</summary>
    LoadIdt = 15,
    /// <summary>lgdt from the first argument.</summary>
    LoadGdt = 16,
    /// <summary>int 0x80.</summary>
    Interrupt80 = 17,
    /// <summary>in eax from the port in the first argument.</summary>
    PortIn32 = 18,
    /// <summary>out of the second argument's 32 bits to the port in the first.</summary>
    PortOut32 = 19,
}

/// <summary>Tries an instruction that may trap, and tells. What it was is in <see cref="Traps.Last"/> and <see cref="Traps.LastAddress"/>.</summary>
public static unsafe class Probe
{
    private static ulong codePage;

    /// <summary>Runs the instruction; false if it trapped.</summary>
    public static bool Try(ProbeCode code, ulong first, ulong second, out ulong result)
    {
        ulong value = 0;
        bool trapped = Run(Address((ulong)code), first, second, &value) != 0;
        result = value;
        return !trapped;
    }

    /// <summary>Runs the instruction; false if it trapped.</summary>
    public static bool Try(ProbeCode code, ulong first = 0, ulong second = 0) => Try(code, first, second, out _);

    /// <summary>
    /// Runs machine code that ends with ret, with two arguments in RDI and RSI; false if it trapped. It lies on a page of its own from offset 0
    /// on, and may destroy what a C function may; if it traps it may have destroyed all but RSP.
    /// </summary>
    public static bool Code(ReadOnlySpan<byte> instructions, ulong first, ulong second, out ulong result)
    {
        if (codePage == 0)
            codePage = Frames.Take();
        Frames.FillCode(codePage, instructions);
        return At(codePage, first, second, out result);
    }

    /// <summary>The same without the result.</summary>
    public static bool Code(ReadOnlySpan<byte> instructions, ulong first = 0, ulong second = 0) => Code(instructions, first, second, out _);

    /// <summary>Where <see cref="Code(ReadOnlySpan{byte}, ulong, ulong)"/> has put it.</summary>
    public static ulong CodePage => codePage;

    /// <summary>Calls code that is somewhere; false if it trapped.</summary>
    public static bool At(ulong address, ulong first, ulong second, out ulong result)
    {
        ulong value = 0;
        bool trapped = Run(address, first, second, &value) != 0;
        result = value;
        return !trapped;
    }

    /// <summary>
    /// HYPERVISOR_iret from a context that lies somewhere; false if what it leads to trapped, else it came back by ret. Where the frame of a
    /// trap goes is up to the context's RSP.
    /// </summary>
    public static bool Iret(ulong context) =>
        // mov rsp, rdi; mov eax, 23; syscall
        Code([0x48, 0x89, 0xfc, 0xb8, 0x17, 0, 0, 0, 0x0f, 0x05], context);

    /// <summary>Reads eight bytes; false if that trapped.</summary>
    public static bool Load(ulong address, out ulong value) => Try(ProbeCode.Load, address, 0, out value);

    /// <summary>Writes eight bytes; false if that trapped.</summary>
    public static bool Store(ulong address, ulong value) => Try(ProbeCode.Store, address, value, out _);

    // Whether a probe is running, which is where the trap then comes from.
    internal static bool Catch(ref TrapFrame frame) => *StackAddress() != 0 && frame.Vector < Traps.EventVector;

    internal static void Resume(ref TrapFrame frame)
    {
        // What the code has done to TF, DF, NT and AC must not go on.
        const ulong odd = 0x100 | 0x400 | 0x4000 | 0x4_0000;
        frame.Rflags &= ~odd;
        frame.Cs = FlatSelectors.KernelCode & ~3ul;
        frame.Ss = FlatSelectors.KernelStack;
        frame.Rip = Symbols.ProbeFaulted;
        frame.Rsp = *StackAddress();
    }

    [RuntimeImport("*", "ProbeRun"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Run(ulong code, ulong first, ulong second, ulong* result);

    [RuntimeImport("*", "GuestKitProbe"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Address(ulong index);

    [RuntimeImport("*", "ProbeStackAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* StackAddress();
}
