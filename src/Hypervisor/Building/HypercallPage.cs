using System;
using System.Buffers.Binary;

using Serai.Abi;

namespace Serai.Hypervisor.Building;

/// <summary>
/// The page of hypercall stubs for kernels with a HYPERCALL_PAGE note (ABI 01 §1.3): stub n at 32 * n is `mov eax, n; syscall; ret`.
/// </summary>
public static class HypercallPage
{
    private const int StubBytes = 32;

    /// <summary>Fills the page.</summary>
    public static void Fill(Span<byte> page)
    {
        page.Fill(0xcc);
        for (int number = 0; number < page.Length / StubBytes; number++)
        {
            Span<byte> stub = page.Slice(number * StubBytes, StubBytes);
            if (number == (int)Hypercall.Iret)
                Write(stub, [0x51, 0x41, 0x53, 0x50], number, [0x0f, 0x05]);
            else
                Write(stub, [0x51, 0x41, 0x53], number, [0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3]);
        }
    }

    /// <summary>Pushes, `mov eax, number`, and what follows: rcx and r11, which `syscall` destroys, are kept.</summary>
    private static void Write(Span<byte> stub, ReadOnlySpan<byte> before, int number, ReadOnlySpan<byte> after)
    {
        before.CopyTo(stub);
        stub[before.Length] = 0xb8;
        BinaryPrimitives.WriteInt32LittleEndian(stub[(before.Length + 1)..], number);
        after.CopyTo(stub[(before.Length + 5)..]);
    }
}
