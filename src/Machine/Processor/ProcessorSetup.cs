using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>Sets a processor up for guests: descriptor tables, `syscall`, control registers, cache attributes, floating point.</summary>
public static class ProcessorSetup
{
    private const uint EferNumber = 0xc000_0080, PatNumber = 0x277;
    private const ulong Efer = 1 | 1 << 11;
    private const ulong GuestPat = 0x0000_0501_0007_0406;
    private const ulong Cr4MachineCheck = 1 << 6, Cr4Xsave = 1 << 18, Cr4Smep = 1 << 20;
    private const uint XsaveBit = 1 << 26, MachineCheckBit = 1 << 7, SmepBit = 1 << 7;

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
        Instructions.WriteMsr(EferNumber, Instructions.ReadMsr(EferNumber) | Efer);
        Instructions.WriteMsr(PatNumber, GuestPat);
        Instructions.Cpuid(1, 0, out _, out _, out uint features, out uint legacy);
        Instructions.Cpuid(0, 0, out uint maximumLeaf, out _, out _, out _);
        uint structured = 0;
        if (maximumLeaf >= 7)
            Instructions.Cpuid(7, 0, out _, out structured, out _, out _);
        ulong cr4 = Instructions.ReadCr4();
        cr4 |= (features & XsaveBit) != 0 ? Cr4Xsave : 0;
        cr4 |= (legacy & MachineCheckBit) != 0 ? Cr4MachineCheck : 0;
        cr4 |= (structured & SmepBit) != 0 ? Cr4Smep : 0;
        Instructions.WriteCr4(cr4);
        processor.Cr4 = cr4;
        FloatingPoint.Initialise((features & XsaveBit) != 0);
        Speculation.Initialise();
        FindAddressWidth();
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
        Instructions.Cpuid(0x8000_0000, 0, out uint maximum, out _, out _, out _);
        uint bits = 36;
        if (maximum >= 0x8000_0008)
        {
            Instructions.Cpuid(0x8000_0008, 0, out bits, out _, out _, out _);
            bits &= 0xff;
        }
        PhysicalFrameLimit = 1ul << ((int)bits - Mfn.Shift);
    }
}
