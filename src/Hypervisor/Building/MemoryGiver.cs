using System;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>A new domain's memory: taken in large pieces, and written by pseudo-physical address.</summary>
public static class MemoryGiver
{
    private const int LargestOrder = 9;
    private const int AnyAddress = 64;

    /// <summary>Bytes copied before others get their chance.</summary>
    private const int BytesPerBreath = 1 << 20;

    /// <summary>Gives so many frames and tells their numbers; false where memory runs out on the way.</summary>
    public static bool TryGive(ref Domain domain, ulong pages, Table<ulong> machine)
    {
        int order = LargestOrder;
        for (ulong pfn = 0; pfn < pages;)
        {
            while (1ul << order > pages - pfn)
                order--;
            if (!Allocations.TryGive(ref domain, order, AnyAddress, out Mfn block))
            {
                if (order-- == 0)
                    return false;
                continue;
            }
            Processors.Breathe();
            for (ulong index = 0; index < 1ul << order; index++, pfn++)
            {
                machine[pfn] = block.Plus(index).Value;
                MachineToPhysical.Set(block.Plus(index), pfn);
            }
        }
        return true;
    }

    /// <summary>Copies bytes to a pseudo-physical address; the layout has made sure that they fit.</summary>
    public static void Copy(Table<ulong> machine, ulong address, ReadOnlySpan<byte> source)
    {
        while (source.Length > 0)
        {
            if (source.Length % BytesPerBreath < Mfn.Size)
                Processors.Breathe();
            int offset = (int)(address % Mfn.Size);
            int length = (int)Mfn.Size - offset;
            if (length > source.Length)
                length = source.Length;
            source[..length].CopyTo(DirectMap.Frame(new Mfn(machine[address >> Mfn.Shift]))[offset..]);
            source = source[length..];
            address += (ulong)length;
        }
    }

    /// <summary>Copies a table of numbers to a page-aligned pseudo-physical address.</summary>
    public static void CopyNumbers(Table<ulong> machine, ulong address, Table<ulong> source)
    {
        const ulong perFrame = Mfn.Size / 8;
        for (ulong index = 0; index < source.Length; index++)
        {
            if (index % perFrame == 0)
                Processors.Breathe();
            DirectMap.Table(new Mfn(machine[(address >> Mfn.Shift) + index / perFrame]))[(int)(index % perFrame)] = source[index];
        }
    }
}
