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

    [RuntimeImport("*", "CopyGuest16"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CopyGuest16(ulong to, ulong from);

    [RuntimeImport("*", "CopyGuest24"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CopyGuest24(ulong to, ulong from);

    [RuntimeImport("*", "CopyGuest32"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CopyGuest32(ulong to, ulong from);

    [RuntimeImport("*", "CopyGuest40"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CopyGuest40(ulong to, ulong from);

    [RuntimeImport("*", "LoadGuest32"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int LoadGuest32(ulong from, void* to);

    [RuntimeImport("*", "LoadGuest64"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int LoadGuest64(ulong from, void* to);

    [RuntimeImport("*", "StoreGuest64"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuest64(ulong to, ulong value);

    [RuntimeImport("*", "StoreGuest16"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuest16(ulong to, uint value);

    [RuntimeImport("*", "LoadGuestCall"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern long LoadGuestCall(ulong entry, ulong* registers);

    [RuntimeImport("*", "StoreGuestFrame"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuestFrame(ulong to, ulong* registers, ulong cs, ulong flags);

    [RuntimeImport("*", "StoreGuestErrorFrame"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int StoreGuestErrorFrame(ulong to, ulong* registers, ulong cs, ulong flags, ulong errorCode);

    /// <summary>Whether all of [address, address + length) is canonical and outside the hypervisor's range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAllowed(GuestAddress address, ulong length)
        => address.Value <= ulong.MaxValue - length && (address.Value >= Layout.End || unchecked(address.Value + length) <= 0x0000_8000_0000_0000);

    /// <summary>Reads a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead<T>(GuestAddress address, out T value) where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        if (!IsAllowed(address, (ulong)sizeof(T)))
            return false;
        void* place = Unsafe.AsPointer(ref value);
        if (sizeof(T) == 4)
            return LoadGuest32(address.Value, place) == 0;
        return sizeof(T) == 8 ? LoadGuest64(address.Value, place) == 0 : Copy((ulong)place, address.Value, sizeof(T));
    }

    /// <summary>Writes a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite<T>(GuestAddress address, in T value) where T : unmanaged
    {
        if (!IsAllowed(address, (ulong)sizeof(T)))
            return false;
        void* place = Unsafe.AsPointer(ref Unsafe.AsRef(in value));
        if (sizeof(T) == 2)
            return StoreGuest16(address.Value, *(ushort*)place) == 0;
        return sizeof(T) == 8 ? StoreGuest64(address.Value, *(ulong*)place) == 0 : Copy(address.Value, (ulong)place, sizeof(T));
    }

    /// <summary>A copy of a constant length: what records mostly have is copied without a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Copy(ulong to, ulong from, int bytes)
    {
        int refused;
        if (bytes == 16)
            refused = CopyGuest16(to, from);
        else if (bytes == 24)
            refused = CopyGuest24(to, from);
        else if (bytes == 32)
            refused = CopyGuest32(to, from);
        else if (bytes == 40)
            refused = CopyGuest40(to, from);
        else
            refused = CopyGuest(to, from, (ulong)bytes);
        return refused == 0;
    }

    /// <summary>Reads one 64-bit word.</summary>
    public static bool TryRead64(GuestAddress address, out ulong value) => TryRead(address, out value);

    /// <summary>Writes one 64-bit word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite64(GuestAddress address, ulong value) => IsAllowed(address, 8) && StoreGuest64(address.Value, value) == 0;

    /// <summary>
    /// Reads an entry of a multicall (public/xen.h): its arguments into a frame of registers, of which `first` is the first, and its number. The
    /// frame is as it was where the entry cannot be read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadCall(GuestAddress entry, ref ulong first, out uint number)
    {
        const ulong entryBytes = 64;
        long loaded = IsAllowed(entry, entryBytes) ? LoadGuestCall(entry.Value, (ulong*)Unsafe.AsPointer(ref first)) : -1;
        number = unchecked((uint)loaded);
        return loaded >= 0;
    }

    /// <summary>Reads as many bytes as the destination holds.</summary>
    public static bool TryCopyIn(Span<byte> destination, GuestAddress address)
        => IsAllowed(address, (ulong)destination.Length)
            && CopyGuest((ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(destination)), address.Value, (ulong)destination.Length) == 0;

    /// <summary>Writes all bytes of the source.</summary>
    public static bool TryCopyOut(GuestAddress address, ReadOnlySpan<byte> source)
        => IsAllowed(address, (ulong)source.Length)
            && CopyGuest(address.Value, (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(source)), (ulong)source.Length) == 0;

    /// <summary>
    /// Writes a bounce frame (public/arch-x86/xen-x86_64.h) of a frame of registers, of which `first` is the first, with these words for CS and
    /// RFLAGS.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWriteFrame(GuestAddress address, ref ulong first, ulong cs, ulong flags)
    {
        const ulong bytes = 56;
        return IsAllowed(address, bytes) && StoreGuestFrame(address.Value, (ulong*)Unsafe.AsPointer(ref first), cs, flags) == 0;
    }

    /// <summary>The same with an error code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWriteFrame(GuestAddress address, ref ulong first, ulong cs, ulong flags, uint errorCode)
    {
        const ulong bytes = 64;
        return IsAllowed(address, bytes) && StoreGuestErrorFrame(address.Value, (ulong*)Unsafe.AsPointer(ref first), cs, flags, errorCode) == 0;
    }
}
