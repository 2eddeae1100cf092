using System;

using Serai.Abi;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Firmware;

/// <summary>
/// Memory before there is an allocator: pieces from the top of RAM below 4 GiB, which Head.S has mapped, around the image and the modules. What
/// is taken here is never given back.
/// </summary>
public static class BootMemory
{
    private struct Range
    {
        public ulong Start;
        public ulong End;
    }

    private const ulong FourGigabytes = 1ul << 32;
    private const ulong LargeBytes = 1ul << 21;
    private const ulong Lowest = 1ul << 20;

    private static readonly Range[] reserved = new Range[BootInformation.MaximumModules + 32];
    private static int reservedCount;

    /// <summary>Bytes taken, the image included.</summary>
    public static ulong Taken { get; private set; }

    /// <summary>Takes bytes, rounded up to frames; returns their physical address.</summary>
    public static ulong Take(ulong bytes) => Take(bytes, Mfn.Size);

    /// <summary>Takes bytes that begin at a multiple of 2 MiB.</summary>
    public static ulong TakeLarge(ulong bytes) => Take(bytes, LargeBytes);

    /// <summary>Takes bytes and sets them to zero.</summary>
    public static ulong TakeCleared(ulong bytes)
    {
        ulong address = Take(bytes);
        DirectMap.Bytes(new(address), bytes).Clear();
        return address;
    }

    private static ulong Take(ulong bytes, ulong alignment)
    {
        if (reservedCount == 0)
            ReserveLoaded();
        bytes = (bytes + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1);
        ulong best = 0;
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Type != E820Type.Ram || entry.Address >= FourGigabytes)
                continue;
            ulong end = entry.Address + entry.Size < FourGigabytes ? entry.Address + entry.Size : FourGigabytes;
            ulong place = FindBelow(end, entry.Address < Lowest ? Lowest : entry.Address, bytes, alignment);
            best = place > best ? place : best;
        }
        if (best == 0)
            Failure.NoBootMemory(bytes);
        Reserve(best, best + bytes);
        Taken += bytes;
        return best;
    }

    /// <summary>The highest place in [start, end) that touches nothing reserved, or 0.</summary>
    private static ulong FindBelow(ulong end, ulong start, ulong bytes, ulong alignment)
    {
        while (end > start && end - start >= bytes)
        {
            ulong place = (end - bytes) & ~(alignment - 1);
            if (place < start)
                return 0;
            ulong obstacle = LowestOverlap(place, place + bytes);
            if (obstacle == 0)
                return place;
            end = obstacle;
        }
        return 0;
    }

    private static ulong LowestOverlap(ulong start, ulong end)
    {
        ulong lowest = 0;
        for (int index = 0; index < reservedCount; index++)
        {
            Range range = reserved[index];
            if (range.Start < end && range.End > start && (lowest == 0 || range.Start < lowest))
                lowest = range.Start;
        }
        return lowest;
    }

    private static void ReserveLoaded()
    {
        ulong imageEnd = HypervisorTables.PhysicalImage + (Symbols.ImageEnd - Symbols.ImageStart);
        Reserve(HypervisorTables.PhysicalImage, imageEnd);
        Taken = imageEnd - HypervisorTables.PhysicalImage;
        for (int index = 0; index < BootInformation.ModuleCount; index++)
        {
            ref readonly BootModule module = ref BootInformation.Module(index);
            if (module.Length != 0)
                Reserve(module.Address, module.Address + module.Length);
        }
    }

    private static void Reserve(ulong start, ulong end)
    {
        if (reservedCount == reserved.Length)
            Failure.NoBootMemory(end - start);
        reserved[reservedCount++] = new Range { Start = start & ~(ulong)(Mfn.Size - 1), End = (end + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1) };
    }

    /// <summary>The frame number behind the reserved range that holds a frame, or 0 where none does.</summary>
    public static ulong ReservedEnd(ulong frame)
    {
        ulong address = frame << Mfn.Shift;
        for (int index = 0; index < reservedCount; index++)
        {
            if (address >= reserved[index].Start && address < reserved[index].End)
                return reserved[index].End >> Mfn.Shift;
        }
        return 0;
    }

    /// <summary>The first frame number from `frame` on where a reserved range begins, or `end` where none does before.</summary>
    public static ulong ReservedStart(ulong frame, ulong end)
    {
        for (int index = 0; index < reservedCount; index++)
        {
            ulong start = reserved[index].Start >> Mfn.Shift;
            if (start >= frame && start < end)
                end = start;
        }
        return end;
    }
}
