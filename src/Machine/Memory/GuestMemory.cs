using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Machine.Memory;

/// <summary>
/// Memory at a guest's virtual address, in the address space that is loaded. The address is an allegation: it is checked once, in 64 bits, to be
/// canonical and outside the hypervisor's range over its whole length, and what is not mapped (or not writable) is found by the access itself.
/// Every method says by its result whether the guest's memory could be reached; a write that fails may have been done in part.
/// </summary>
// unsafe: the copy routines take addresses.
public static unsafe class GuestMemory
{
    [RuntimeImport("*", "CopyGuest"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CopyGuest(ulong to, ulong from, ulong bytes);

    [RuntimeImport("*", "LoadGuest64"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int LoadGuest64(ulong from, ulong* to);

    [RuntimeImport("*", "StoreGuest64"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuest64(ulong to, ulong value);

    [RuntimeImport("*", "StoreGuestFrame"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuestFrame(ulong to, ulong* words, int count);

    /// <summary>Whether all of [address, address + length) is canonical and outside the hypervisor's range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAllowed(ulong address, ulong length)
    {
        ulong end = unchecked(address + length);
        return end >= address && (end <= 0x0000_8000_0000_0000 || address >= Layout.End);
    }

    /// <summary>Reads a value.</summary>
    public static bool TryRead<T>(ulong address, out T value) where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        return IsAllowed(address, (ulong)sizeof(T)) && CopyGuest((ulong)Unsafe.AsPointer(ref value), address, (ulong)sizeof(T)) == 0;
    }

    /// <summary>Writes a value.</summary>
    public static bool TryWrite<T>(ulong address, in T value) where T : unmanaged
        => IsAllowed(address, (ulong)sizeof(T)) && CopyGuest(address, (ulong)Unsafe.AsPointer(ref Unsafe.AsRef(in value)), (ulong)sizeof(T)) == 0;

    /// <summary>Reads one 64-bit word.</summary>
    public static bool TryRead64(ulong address, out ulong value)
    {
        ulong word = 0;
        bool done = IsAllowed(address, 8) && LoadGuest64(address, &word) == 0;
        value = word;
        return done;
    }

    /// <summary>Writes one 64-bit word.</summary>
    public static bool TryWrite64(ulong address, ulong value) => IsAllowed(address, 8) && StoreGuest64(address, value) == 0;

    /// <summary>Reads as many bytes as the destination holds.</summary>
    public static bool TryCopyIn(Span<byte> destination, ulong address)
        => IsAllowed(address, (ulong)destination.Length)
            && CopyGuest((ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(destination)), address, (ulong)destination.Length) == 0;

    /// <summary>Writes all bytes of the source.</summary>
    public static bool TryCopyOut(ulong address, ReadOnlySpan<byte> source)
        => IsAllowed(address, (ulong)source.Length)
            && CopyGuest(address, (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(source)), (ulong)source.Length) == 0;

    /// <summary>Writes a bounce frame of 7 or 8 words (public/arch-x86/xen-x86_64.h), `words` being the first of them in ascending order.</summary>
    public static bool TryWriteFrame(ulong address, ref ulong words, int count)
        => IsAllowed(address, (ulong)count * 8) && StoreGuestFrame(address, (ulong*)Unsafe.AsPointer(ref words), count) == 0;
}
