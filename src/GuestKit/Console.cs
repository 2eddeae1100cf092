using System;
using System.Runtime.InteropServices;
using System.Threading;

using Serai.Abi;
using Serai.Abi.Io;

namespace Serai.GuestKit;

/// <summary>
/// Text on the hypervisor's console: by console_io write, which the initial domain has without any set-up, and by the console ring in any
/// other domain (public/io/console.h).
/// </summary>
public static unsafe class Console
{
    /// <summary>Writes bytes as they are.</summary>
    public static void Write(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        if (!Guest.IsInitial)
        {
            WriteRing(text);
            return;
        }

        ulong address = Hypercalls.AddressOf(in MemoryMarshal.GetReference(text));
        Hypercalls.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, (ulong)text.Length, address);
    }

    // The hypervisor drains the ring when it is told of it, as much as it can before the call returns, and the rest by itself.
    private static void WriteRing(ReadOnlySpan<byte> text)
    {
        ref ConsoleRing ring = ref *(ConsoleRing*)Frames.AddressOf(Guest.StartInfo.Console.GuestFrame);
        foreach (byte letter in text)
        {
            while (ring.OutProducer - Volatile.Read(ref ring.OutConsumer) >= ConsoleOutput.Length)
                Events.Send(Guest.StartInfo.Console.GuestEventPort);
            ring.Out[(int)(ring.OutProducer % ConsoleOutput.Length)] = letter;
            Volatile.Write(ref ring.OutProducer, ring.OutProducer + 1);
        }

        Events.Send(Guest.StartInfo.Console.GuestEventPort);
    }

    /// <summary>Writes bytes and a line feed.</summary>
    public static void WriteLine(ReadOnlySpan<byte> text)
    {
        Write(text);
        Write("\n"u8);
    }

    /// <summary>Writes a number in decimal.</summary>
    public static void Write(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        int first = digits.Length;
        ulong rest = number < 0 ? 0 - (ulong)number : (ulong)number;
        do
        {
            digits[--first] = (byte)('0' + (rest % 10));
            rest /= 10;
        }
        while (rest != 0);
        if (number < 0)
            digits[--first] = (byte)'-';
        Write(digits[first..]);
    }

    /// <summary>Writes a number in hexadecimal, with 0x and without leading zeroes.</summary>
    public static void WriteHex(ulong number)
    {
        Span<byte> digits = stackalloc byte[18];
        int first = digits.Length;
        do
        {
            digits[--first] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }
        while (number != 0);
        digits[--first] = (byte)'x';
        digits[--first] = (byte)'0';
        Write(digits[first..]);
    }
}
