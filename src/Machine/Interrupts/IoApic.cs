using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>The I/O APIC (Intel 82093AA): routes the serial port's line; everything else stays masked.</summary>
// unsafe: device registers are read and written by address.
public static unsafe class IoApic
{
    private static ulong registers;

    /// <summary>The frame of the registers, which nobody else may map.</summary>
    public static Mfn Frame { get; private set; }

    /// <summary>Maps the chip at a physical address, masks all its lines, and masks the two legacy controllers.</summary>
    public static void Initialise(ulong physicalAddress)
    {
        Port.Out8(0x21, 0xff);
        Port.Out8(0xa1, 0xff);
        Frame = Mfn.Of(physicalAddress);
        registers = HypervisorTables.MapDevice(physicalAddress);
        uint lines = (Read(1) >> 16 & 0xff) + 1;
        for (uint line = 0; line < lines; line++)
            Write(0x10 + 2 * line, 0x1_0000);
    }

    /// <summary>Sends an edge-triggered, active-high line to a vector of the processor with the given APIC identifier.</summary>
    public static void Route(uint line, uint vector, uint identifier)
    {
        Write(0x11 + 2 * line, identifier << 24);
        Write(0x10 + 2 * line, vector);
    }

    private static uint Read(uint register)
    {
        *(uint*)registers = register;
        return *(uint*)(registers + 0x10);
    }

    private static void Write(uint register, uint value)
    {
        *(uint*)registers = register;
        *(uint*)(registers + 0x10) = value;
    }
}
