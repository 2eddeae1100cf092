using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>
/// Memory at a guest's virtual address: the simulated tables are walked from the loaded root, for ring 0 with CR0.WP, so an entry must be present
/// and, for a write, writable on every level. A copy that faults has been done up to the page that faulted, as by the real copy loop.
/// </summary>
public static class GuestMemory
{
    /// <summary>Whether all of [address, address + length) is canonical and outside the hypervisor's range.</summary>
    public static bool IsAllowed(GuestAddress address, ulong length)
        => address.Value <= ulong.MaxValue - length && (address.Value >= Layout.End || unchecked(address.Value + length) <= 0x0000_8000_0000_0000);

    private static bool TryCopy(GuestAddress address, Span<byte> ours, bool write)
    {
        if (!IsAllowed(address, (ulong)ours.Length))
            return false;
        while (ours.Length > 0)
        {
            Moments.Come();
            if (!PageWalk.TryTranslate(address.Value, write, user: false, out ulong place))
                return false;
            int length = Math.Min(ours.Length, (int)(Mfn.Size - (address.Value & (Mfn.Size - 1))));
            if (!Arena.Holds(place))
                ours[..length].Fill(0xff);
            else if (write)
            {
                ours[..length].CopyTo(Arena.Slice(place, (ulong)length));
                Written.Translated(place);
            }
            else
                Arena.Slice(place, (ulong)length).CopyTo(ours);
            ours = ours[length..];
            address = address + (ulong)length;
        }
        return true;
    }

    private static bool TryWriteBytes(GuestAddress address, ReadOnlySpan<byte> source) => TryCopy(address, source.ToArray(), write: true);

    /// <summary>Reads a value.</summary>
    public static bool TryRead<T>(GuestAddress address, out T value)
        where T : unmanaged
    {
        Span<byte> bytes = new byte[Unsafe.SizeOf<T>()];
        bool done = TryCopy(address, bytes, write: false);
        value = MemoryMarshal.Read<T>(bytes);
        return done;
    }

    /// <summary>Writes a value.</summary>
    public static bool TryWrite<T>(GuestAddress address, in T value) where T : unmanaged
        => TryWriteBytes(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Reads one 64-bit word.</summary>
    public static bool TryRead64(GuestAddress address, out ulong value) => TryRead(address, out value);

    /// <summary>Writes one 64-bit word.</summary>
    public static bool TryWrite64(GuestAddress address, ulong value) => TryWrite(address, value);

    // Registers by their places in a frame of which the first is R15 (Hypervisor/Records/Registers.cs).
    private const int R11 = 6, R10 = 7, R8 = 9, Rcx = 11, Rdx = 12, Rsi = 13, Rdi = 14, Rip = 16, Rsp = 19, Ss = 20, Words = 21;

    /// <summary>Reads an entry of a multicall, its arguments into a frame of registers.</summary>
    public static bool TryReadCall(GuestAddress entry, ref ulong first, out uint number)
    {
        Span<ulong> words = stackalloc ulong[8], registers = MemoryMarshal.CreateSpan(ref first, Words);
        number = 0;
        if (!TryCopy(entry, MemoryMarshal.AsBytes(words), write: false))
            return false;
        number = words[0] > uint.MaxValue ? uint.MaxValue : (uint)words[0];
        (registers[Rdi], registers[Rsi], registers[Rdx], registers[R10], registers[R8]) = (words[2], words[3], words[4], words[5], words[6]);
        return true;
    }

    /// <summary>Reads as many bytes as the destination holds.</summary>
    public static bool TryCopyIn(Span<byte> destination, GuestAddress address) => TryCopy(address, destination, write: false);

    /// <summary>Writes all bytes of the source.</summary>
    public static bool TryCopyOut(GuestAddress address, ReadOnlySpan<byte> source) => TryWriteBytes(address, source);

    /// <summary>Writes a bounce frame of a frame of registers.</summary>
    public static bool TryWriteFrame(GuestAddress address, ref ulong first, ulong cs, ulong flags)
    {
        Span<ulong> registers = MemoryMarshal.CreateSpan(ref first, Words);
        ReadOnlySpan<ulong> frame = [registers[Rcx], registers[R11], registers[Rip], cs, flags, registers[Rsp], registers[Ss]];
        return TryWriteBytes(address, MemoryMarshal.AsBytes(frame));
    }

    /// <summary>The same with an error code.</summary>
    public static bool TryWriteFrame(GuestAddress address, ref ulong first, ulong cs, ulong flags, uint errorCode)
    {
        Span<ulong> registers = MemoryMarshal.CreateSpan(ref first, Words);
        ReadOnlySpan<ulong> frame = [registers[Rcx], registers[R11], errorCode, registers[Rip], cs, flags, registers[Rsp], registers[Ss]];
        return TryWriteBytes(address, MemoryMarshal.AsBytes(frame));
    }
}
