using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Firmware;

/// <summary>Memory before there is an allocator: from the start of the arena upwards, so that all of it is one reserved range.</summary>
public static class BootMemory
{
    internal sealed class State
    {
        public ulong Next;
    }

    private const ulong LargeBytes = 1ul << 21;

    private static ref ulong Next => ref SimulatedMachine.Present.BootMemory.Next;

    /// <summary>Bytes taken.</summary>
    public static ulong Taken => Next;

    /// <summary>Begins anew; what lies below an address is kept for what the loader put there.</summary>
    public static void Reset(ulong start) => Next = start;

    /// <summary>Takes bytes, rounded up to frames; returns their physical address.</summary>
    public static ulong Take(ulong bytes)
    {
        ulong address = Next;
        Next += (bytes + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1);
        if (Next > Arena.Length)
            Failure.NoBootMemory(bytes);
        return address;
    }

    /// <summary>Takes bytes that begin at a multiple of 2 MiB.</summary>
    public static ulong TakeLarge(ulong bytes)
    {
        Next = (Next + LargeBytes - 1) & ~(LargeBytes - 1);
        return Take(bytes);
    }

    /// <summary>Takes bytes and sets them to zero.</summary>
    public static ulong TakeCleared(ulong bytes)
    {
        ulong address = Take(bytes);
        DirectMap.Bytes(new(address), bytes).Clear();
        return address;
    }

    /// <summary>The frame number behind the reserved range that holds a frame, or 0 where none does.</summary>
    public static ulong ReservedEnd(ulong frame) => frame << Mfn.Shift < Next ? Next >> Mfn.Shift : 0;

    /// <summary>Nothing is reserved behind what was taken.</summary>
    public static ulong ReservedStart(ulong frame, ulong end) => end;
}
