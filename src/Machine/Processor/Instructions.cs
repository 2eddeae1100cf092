using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>Single instructions (X64/Instructions.S); the manual's names, no policy.</summary>
// unsafe: results of several words go through pointers to locals.
public static unsafe class Instructions
{
    [RuntimeImport("*", "X64Cpuid"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Cpuid(uint leaf, uint subleaf, uint* four);

    [RuntimeImport("*", "X64ReadMsr"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int ReadMsr(uint number, ulong* value);

    [RuntimeImport("*", "X64WriteMsr"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int WriteMsrChecked(uint number, ulong value);

    [RuntimeImport("*", "X64WriteXcr0"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int WriteXcr0Checked(ulong value);

    /// <summary>CPUID as the hardware answers.</summary>
    public static void Cpuid(uint leaf, uint subleaf, out uint a, out uint b, out uint c, out uint d)
    {
        uint* four = stackalloc uint[4];
        Cpuid(leaf, subleaf, four);
        (a, b, c, d) = (four[0], four[1], four[2], four[3]);
    }

    /// <summary>The same of a leaf that the processor need not have: zeros where it has not.</summary>
    public static void CpuidOrZeros(uint leaf, out uint a, out uint b, out uint c, out uint d)
    {
        (a, b, c, d) = (0, 0, 0, 0);
        Cpuid(leaf & 0x8000_0000, 0, out uint maximum, out _, out _, out _);
        if (maximum >= leaf)
            Cpuid(leaf, 0, out a, out b, out c, out d);
    }

    /// <summary>CPUID into four numbers in a row, of which `first` is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cpuid(uint leaf, uint subleaf, ref uint first) => Cpuid(leaf, subleaf, (uint*)Unsafe.AsPointer(ref first));

    /// <summary>RDMSR; false where the register does not exist.</summary>
    public static bool TryReadMsr(uint number, out ulong value)
    {
        ulong result = 0;
        bool done = ReadMsr(number, &result) == 0;
        value = result;
        return done;
    }

    /// <summary>RDMSR of a register that exists on every x86-64 processor.</summary>
    public static ulong ReadMsr(uint number)
    {
        TryReadMsr(number, out ulong value);
        return value;
    }

    /// <summary>WRMSR; false where the processor refuses it.</summary>
    public static bool WriteMsr(uint number, ulong value) => WriteMsrChecked(number, value) == 0;

    /// <summary>XSETBV of register 0; false where the processor refuses the combination.</summary>
    public static bool WriteXcr0(ulong value) => WriteXcr0Checked(value) == 0;

    /// <summary>CR0.</summary>
    [RuntimeImport("*", "X64ReadCr0"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr0();

    /// <summary>The address of the last page fault.</summary>
    [RuntimeImport("*", "X64ReadCr2"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr2();

    /// <summary>Writes CR4; bits that the processor does not have stop the machine.</summary>
    [RuntimeImport("*", "X64WriteCr4"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr4(ulong value);

    /// <summary>RDTSC.</summary>
    [RuntimeImport("*", "X64TimeStamp"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong TimeStamp();

    /// <summary>LFENCE; RDTSC: read after everything before has been done (SDM vol. 2, RDTSC).</summary>
    [RuntimeImport("*", "X64TimeStampInOrder"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong TimeStampInOrder();

    /// <summary>MFENCE; LFENCE: what was written before is seen by others before what follows is done.</summary>
    [RuntimeImport("*", "X64Fence"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Fence();

    /// <summary>Faults without descriptors for faults: the machine resets.</summary>
    [RuntimeImport("*", "X64TripleFault"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TripleFault();

    /// <summary>STI; HLT; CLI: returns after an interrupt has been taken, with interrupts off.</summary>
    [RuntimeImport("*", "X64WaitForInterrupt"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WaitForInterrupt();

    /// <summary>STI; NOP; CLI: takes the interrupts that wait.</summary>
    [RuntimeImport("*", "X64TakeInterrupts"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TakeInterrupts();

    /// <summary>Stops this processor for good.</summary>
    [RuntimeImport("*", "X64Halt"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Halt();

    /// <summary>PAUSE.</summary>
    [RuntimeImport("*", "X64Pause"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Pause();

    /// <summary>SWAPGS: exchanges the live GS base with KERNEL_GS_BASE.</summary>
    [RuntimeImport("*", "X64SwapGs"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void SwapGs();

    /// <summary>WBINVD.</summary>
    [RuntimeImport("*", "X64WriteBackCaches"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteBackCaches();
}
