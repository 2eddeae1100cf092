using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Machine.Pci;

/// <summary>
/// Where configuration space lies in memory (PCI Express Base Specification 5.0, 7.2.2; PCI Firmware Specification, 4.1.2): 4096 bytes for each
/// function of some buses of a segment group, one bus after another. The firmware's MCFG table tells.
/// </summary>
public static class ConfigurationMemory
{
    private const uint Most = 32;

    private struct State
    {
        public uint Count;
        public Ranges Ranges;
    }

    private struct Range
    {
        public ulong Base;
        public uint Segment, FirstBus, LastBus;

        public readonly bool Has(ulong address) => address >= Base + (ulong)FirstBus * BusBytes && address < Base + (LastBus + 1ul) * BusBytes;
    }

    [InlineArray((int)Most)]
    private struct Ranges
    {
        private Range element;
    }

    private const ulong BusBytes = 1 << 20, HighestBase = 1ul << 52;

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>
    /// Notes a range: the machine address of what would be bus 0, the segment group, the first bus and the last. What is no such range is not noted,
    /// nor what the memory map calls RAM, nor what there is no room for.
    /// </summary>
    public static void Add(ulong address, uint segment, uint firstBus, uint lastBus)
    {
        if (address == 0 || address % BusBytes != 0 || address >= HighestBase || firstBus > lastBus || Now.Count == Most)
            return;
        var range = new Range { Base = address, Segment = segment, FirstBus = firstBus, LastBus = lastBus };
        if (!TouchesRam(range))
            Now.Ranges[(int)Now.Count++] = range;
    }

    private static bool TouchesRam(in Range range)
    {
        ulong begin = range.Base + range.FirstBus * BusBytes, end = range.Base + (range.LastBus + 1ul) * BusBytes;
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Type == E820Type.Ram && entry.Address < end && entry.Address + entry.Size > begin)
                return true;
        }
        return false;
    }

    /// <summary>Whether a range has been noted with exactly these numbers.</summary>
    public static bool Has(ulong address, uint segment, uint firstBus, uint lastBus)
    {
        for (uint index = 0; index < Now.Count; index++)
        {
            ref readonly Range range = ref Now.Ranges[(int)index];
            if ((range.Base, range.Segment, range.FirstBus, range.LastBus) == (address, segment, firstBus, lastBus))
                return true;
        }
        return false;
    }

    /// <summary>The machine address of a function's 4096 bytes; false where no range has its bus.</summary>
    public static bool TryFind(PciAddress function, out ulong address)
    {
        address = 0;
        for (uint index = 0; index < Now.Count; index++)
        {
            ref readonly Range range = ref Now.Ranges[(int)index];
            if (range.Segment != function.Segment || function.Bus < range.FirstBus || function.Bus > range.LastBus)
                continue;
            address = range.Base + ((ulong)(function.Value & 0xffff) << 12);
            return true;
        }
        return false;
    }

    /// <summary>The function whose bytes lie in a frame; false where it holds no configuration space.</summary>
    public static bool TryFindFunction(Mfn frame, out PciAddress function)
    {
        function = default;
        for (uint index = 0; index < Now.Count; index++)
        {
            ref readonly Range range = ref Now.Ranges[(int)index];
            if (!range.Has(frame.Address))
                continue;
            function = new(range.Segment << 16 | (uint)((frame.Address - range.Base) >> 12));
            return true;
        }
        return false;
    }
}
