using System;
using System.IO;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Data to compress: of different character, and the same in every run.</summary>
internal static class Samples
{
    /// <summary>Real x86-64 machine code and its data, about <paramref name="size"/> bytes.</summary>
    public static byte[] MachineCode(int size)
    {
        byte[] code = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libcoreclr.so"));
        return code[..Math.Min(size, code.Length)];
    }

    /// <summary>Bytes that mix runs, repeats at many distances and noise, so that every kind of symbol occurs.</summary>
    public static byte[] Mixture(int size, int seed)
    {
        var random = new Random(seed);
        byte[] data = new byte[size];
        int at = 0;
        while (at < size)
        {
            int length = Math.Min(size - at, 1 + random.Next(random.Next(4) == 0 ? 600 : 20));
            Span<byte> part = data.AsSpan(at, length);
            int kind = random.Next(5);
            if (kind == 0)
                part.Fill((byte)random.Next(256));
            else if (kind <= 2 && at > 0)
                Repeat(data, at, length, 1 + random.Next(Math.Min(at, random.Next(2) == 0 ? 16 : 100_000)));
            else
                FillWithLetters(part, random, kind == 3 ? 4 : 256);
            at += length;
        }
        return data;
    }

    /// <summary>Bytes without any structure.</summary>
    public static byte[] Noise(int size, int seed)
    {
        byte[] data = new byte[size];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static void Repeat(byte[] data, int at, int length, int distance)
    {
        for (int index = at; index < at + length; index++)
            data[index] = data[index - distance];
    }

    private static void FillWithLetters(Span<byte> part, Random random, int letters)
    {
        for (int index = 0; index < part.Length; index++)
            part[index] = (byte)random.Next(letters);
    }
}
