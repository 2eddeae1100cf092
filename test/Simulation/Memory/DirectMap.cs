using System;

using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>Physical addresses as memory: places in the arena.</summary>
public static class DirectMap
{
    /// <summary>Physical addresses from here on are not there.</summary>
    public static ulong Limit => Arena.Length;

    /// <summary>The arena is mapped whole from the beginning.</summary>
    public static void Extend(ulong limit)
    {
    }

    /// <summary>The value of type T at a physical address; what is read word by word is an entry of a table.</summary>
    public static ref T At<T>(MachineAddress address)
        where T : unmanaged
    {
        if (typeof(T) == typeof(ulong))
            Moments.Come();
        return ref Arena.At<T>(address);
    }

    /// <summary>The 512 entries of a table page.</summary>
    public static Span<ulong> Table(Mfn frame)
    {
        Moments.Come();
        return Arena.Words(frame);
    }

    /// <summary>The bytes of physically contiguous memory.</summary>
    public static Span<byte> Bytes(MachineAddress address, ulong length) => Arena.Slice(address, length);

    /// <summary>The bytes of one frame.</summary>
    public static Span<byte> Frame(Mfn frame) => Bytes(frame.Address, Mfn.Size);

    /// <summary>Copies part of a frame to a place in another or the same.</summary>
    public static void Copy(Mfn to, uint toOffset, Mfn from, uint fromOffset, uint length)
        => Frame(from).Slice((int)fromOffset, (int)length).CopyTo(Frame(to).Slice((int)toOffset, (int)length));

    /// <summary>Writes the cache lines of a range back to memory and forgets them.</summary>
    public static void WriteBack(MachineAddress address, uint length)
    {
        Arena.Slice(address, length);
        Journal.Write(Act.WriteBackCaches, address);
    }

    /// <summary>A lasting name for the value at a physical address.</summary>
    public static Link<T> LinkTo<T>(MachineAddress address) where T : unmanaged => Link<T>.To(ref At<T>(address));

    /// <summary>The physical address of a value that was got from here.</summary>
    public static MachineAddress AddressOf<T>(ref T value) where T : unmanaged => new(Arena.AddressOf(ref value));
}
