using System;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Simulation;

/// <summary>The physical memory of the simulated machine: one array that does not move, physical address 0 at its start.</summary>
public static class Arena
{
    /// <summary>The former machine's memory serves again, where it is as long.</summary>
    internal sealed class State(State? former)
    {
        public byte[] Bytes = [];
        public byte[]? Former = former?.Bytes.Length > 0 ? former.Bytes : former?.Former;
    }

    private static State My => SimulatedMachine.Present.Arena;

    /// <summary>Bytes of it.</summary>
    public static ulong Length => (ulong)My.Bytes.Length;

    /// <summary>Gives the machine so many bytes of memory, all zero; links and tables into what it had are void.</summary>
    public static void Reset(ulong length)
    {
        State arena = My;
        byte[]? known = Length == length ? arena.Bytes : arena.Former;
        if (known is not null && (ulong)known.Length == length)
            Array.Clear(known);
        else
            known = GC.AllocateArray<byte>((int)length, pinned: true);
        (arena.Bytes, arena.Former) = (known, null);
    }

    /// <summary>The value at a physical address; all of it lies within the arena or the machine fails.</summary>
    internal static ref T At<T>(ulong address)
        where T : unmanaged
    {
        byte[] bytes = My.Bytes;
        ulong length = (ulong)bytes.Length;
        if (address > length || length - address < (ulong)Unsafe.SizeOf<T>())
            throw new MachineFailure(Machine.FailureKind.DirectMap, address);
        return ref Unsafe.As<byte, T>(ref bytes[(int)address]);
    }

    /// <summary>Bytes from a physical address on.</summary>
    internal static Span<byte> Slice(ulong address, ulong length)
    {
        if (address > Length || Length - address < length)
            throw new MachineFailure(Machine.FailureKind.DirectMap, address);
        return My.Bytes.AsSpan((int)address, (int)length);
    }

    /// <summary>Where a value lies that was got from here; a value from elsewhere is a bug of the caller's.</summary>
    internal static ulong AddressOf<T>(ref T value)
        where T : unmanaged
    {
        nint offset = Unsafe.ByteOffset(ref My.Bytes[0], ref Unsafe.As<T, byte>(ref value));
        if (offset < 0 || (ulong)offset >= Length)
            throw new InvalidOperationException($"a {typeof(T).Name} outside of the arena has no physical address");
        return (ulong)offset;
    }

    /// <summary>Whether there is memory at an address; what is not is a device's, which reads as all ones and forgets what is written.</summary>
    public static bool Holds(ulong address) => address < Length;

    /// <summary>The frame's 512 words.</summary>
    public static Span<ulong> Words(Mfn frame) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(Slice(frame.Address, Mfn.Size));
}
