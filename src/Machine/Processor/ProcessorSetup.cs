using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>Sets a processor up for guests: descriptor tables, `syscall`, control registers, cache attributes, floating point.</summary>
public static class ProcessorSetup
{
    private const uint EferNumber = 0xc000_0080, PatNumber = 0x277;
    private const ulong EferSyscall = 1, EferLongMode = 1 << 8 | 1 << 10, EferNoExecute = 1 << 11;
    private const ulong GuestPat = 0x0000_0501_0007_0406;
    private const ulong Cr4AddressExtension = 1 << 5, Cr4MachineCheck = 1 << 6, Cr4Fxsr = 1 << 9, Cr4Exceptions = 1 << 10, Cr4Umip = 1 << 11,
        Cr4Xsave = 1 << 18, Cr4Smep = 1 << 20, Cr4Smap = 1 << 21;
    private const uint XsaveBit = 1 << 26, MachineCheckBit = 1 << 7, SmepBit = 1 << 7, UmipBit = 1 << 2;
    private const ulong NoBreakpoints = 0x400;

    /// <summary>Frame numbers from here on are beyond the processor's physical addresses.</summary>
    public static ulong PhysicalFrameLimit { get; private set; }

    /// <summary>
    /// Whether `sysenter` is a way into ring 0: on Intel's processors. On AMD's it is an invalid opcode in long mode (APM vol. 3), and emulations
    /// differ.
    /// </summary>
    public static bool HasSysenter { get; private set; }

    /// <summary>Runs on the processor itself, interrupts off.</summary>
    public static void Run(ref ProcessorState processor)
    {
        DescriptorTables.Initialise(ref processor, processor.TableFrames);
        DescriptorTables.SetSystemCall(ref processor);
        FindSysenter();
        DescriptorTables.SetSysenter(ref processor, HasSysenter);
        Instructions.WriteMsr(EferNumber, EferSyscall | EferLongMode | EferNoExecute);
        Instructions.WriteMsr(PatNumber, GuestPat);
        Breakpoints.Write(7, NoBreakpoints);
        Instructions.Cpuid(1, 0, out _, out _, out uint features, out uint legacy);
        processor.Cr4 = ControlWord(features, legacy);
        Instructions.WriteCr4(processor.Cr4);
        FloatingPoint.Initialise((features & XsaveBit) != 0);
        Speculation.Initialise();
        FindAddressWidth();
    }

    /// <summary>
    /// All of CR4, of which nothing is what a loader left there. Off, among others: LA57 and PCIDE (Head.S has cleared them, which long mode could
    /// not), PGE (a CR3 load flushes everything), PCE and FSGSBASE (guests would do without us), CET and PKE (whose state nobody keeps).
    /// </summary>
    private static ulong ControlWord(uint features, uint legacy)
    {
        Instructions.CpuidOrZeros(7, out _, out uint structured, out uint further, out _);
        ulong cr4 = Cr4AddressExtension | Cr4Fxsr | Cr4Exceptions;
        cr4 |= (features & XsaveBit) != 0 ? Cr4Xsave : 0;
        cr4 |= (legacy & MachineCheckBit) != 0 ? Cr4MachineCheck : 0;
        cr4 |= (structured & SmepBit) != 0 ? Cr4Smep : 0;
        cr4 |= (further & UmipBit) != 0 ? Cr4Umip : 0;
        cr4 |= GuestWindow.IsGuarded ? Cr4Smap : 0;
        return cr4;
    }

    private static void FindSysenter()
    {
        const uint sysenterBit = 1 << 11, intel = 0x756e_6547;
        Instructions.Cpuid(0, 0, out _, out uint vendor, out _, out _);
        Instructions.Cpuid(1, 0, out _, out _, out _, out uint features);
        HasSysenter = vendor == intel && (features & sysenterBit) != 0;
    }

    private static void FindAddressWidth()
    {
        Instructions.CpuidOrZeros(0x8000_0008, out uint sizes, out _, out _, out _);
        int bits = sizes == 0 ? 36 : (int)(sizes & 0xff);
        PhysicalFrameLimit = 1ul << (bits - Mfn.Shift);
    }
}
