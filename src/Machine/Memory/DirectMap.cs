using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Machine.Memory;

/// <summary>
/// The one place where a physical address becomes memory. Callers pass frames that the frame table knows as RAM; an address beyond what is
/// mapped is a bug of ours and stops the machine.
/// </summary>
// unsafe: a number is turned into a reference; nowhere else is that done for RAM.
public static unsafe class DirectMap
{
    [RuntimeImport("*", "X64FlushLines"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void FlushLines(ulong address, ulong end);

    [RuntimeImport("*", "memmove"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Move(ulong to, ulong from, ulong bytes);

    /// <summary>Physical addresses from here on are not mapped.</summary>
    public static ulong Limit { get; private set; } = 1ul << 32;

    /// <summary>Told by the boot code when all of RAM has been mapped.</summary>
    public static void Extend(ulong limit) => Limit = limit;

    /// <summary>The value of type T at a physical address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T At<T>(MachineAddress address) where T : unmanaged
    {
        if (address >= Limit)
            Failure.OutsideDirectMap(address);
        return ref *(T*)(Layout.DirectMap + address);
    }

    /// <summary>The 512 entries of a table page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<ulong> Table(Mfn frame) => MemoryMarshal.CreateSpan(ref At<ulong>(frame.Address), 512);

    /// <summary>The bytes of physically contiguous memory.</summary>
    public static Span<byte> Bytes(MachineAddress address, ulong length)
    {
        if (length > int.MaxValue || address + length > Limit)
            Failure.OutsideDirectMap(address + length);
        return MemoryMarshal.CreateSpan(ref At<byte>(address), (int)length);
    }

    /// <summary>The bytes of one frame.</summary>
    public static Span<byte> Frame(Mfn frame) => Bytes(frame.Address, Mfn.Size);

    /// <summary>Copies part of a frame to a place in another or the same; both must lie within their frames.</summary>
    public static void Copy(Mfn to, uint toOffset, Mfn from, uint fromOffset, uint length)
    {
        const uint size = (uint)Mfn.Size;
        uint last = unchecked(size - length);
        if (length <= size && toOffset <= last && fromOffset <= last && to.Address < Limit && from.Address < Limit)
            Move(unchecked(Layout.DirectMap + to.Address + toOffset), unchecked(Layout.DirectMap + from.Address + fromOffset), length);
        else
            Failure.OutsideDirectMap(to.Address);
    }

    /// <summary>Writes the cache lines of a range back to memory and forgets them.</summary>
    public static void WriteBack(MachineAddress address, uint length)
    {
        if (address + length > Limit)
            Failure.OutsideDirectMap(address);
        FlushLines(Layout.DirectMap + address, Layout.DirectMap + address + length);
    }

    /// <summary>A lasting name for the value at a physical address.</summary>
    public static Link<T> LinkTo<T>(MachineAddress address) where T : unmanaged => new((ulong)Unsafe.AsPointer(ref At<T>(address)));

    /// <summary>The physical address of a value that was got from here.</summary>
    public static MachineAddress AddressOf<T>(ref T value) where T : unmanaged => new((ulong)Unsafe.AsPointer(ref value) - Layout.DirectMap);
}
