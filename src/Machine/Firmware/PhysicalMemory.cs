using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>What follows from the loader's memory map.</summary>
public static class PhysicalMemory
{
    private const ulong LargeBytes = 1ul << 21;

    /// <summary>The physical address behind the last byte of RAM.</summary>
    public static ulong RamEnd { get; private set; }

    /// <summary>Bytes of RAM.</summary>
    public static ulong RamBytes { get; private set; }

    /// <summary>Bytes of the machine-to-physical table: it covers all of RAM and is a multiple of 2 MiB.</summary>
    public static ulong TableBytes { get; private set; }

    /// <summary>Reads the map.</summary>
    public static void Initialise()
    {
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Type != E820Type.Ram)
                continue;
            ulong end = (entry.Address + entry.Size) & ~(ulong)(Mfn.Size - 1);
            RamBytes += entry.Size;
            if (end > RamEnd)
                RamEnd = end;
        }
        TableBytes = ((RamEnd >> Mfn.Shift) * 8 + LargeBytes - 1) & ~(LargeBytes - 1);
    }
}
