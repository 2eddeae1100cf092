using Serai.Machine.Memory;

namespace Serai.Machine.Interrupts;

/// <summary>The I/O APIC, of which only the place matters.</summary>
public static class IoApic
{
    /// <summary>The frame of the registers.</summary>
    public static Mfn Frame { get; private set; } = new(0xfec00);

    /// <summary>Maps the chip.</summary>
    public static void Initialise(ulong physicalAddress) => Frame = Mfn.Of(physicalAddress);

    /// <summary>Sends a line to a vector.</summary>
    public static void Route(uint line, uint vector, uint identifier)
    {
    }
}
