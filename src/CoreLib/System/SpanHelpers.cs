using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Block copy and fill, which the compilers call by these names. The bodies are Machine/X64/Copy.S: no vector register.</summary>
internal static unsafe class SpanHelpers
{
    [Intrinsic]
    internal static void Memmove(ref byte dest, ref byte src, nuint len) =>
        memmove((byte*)Unsafe.AsPointer(ref dest), (byte*)Unsafe.AsPointer(ref src), len);

    internal static void Fill(ref byte dest, byte value, nuint len) => memset((byte*)Unsafe.AsPointer(ref dest), value, len);

    [Intrinsic]
    internal static void ClearWithoutReferences(ref byte dest, nuint len) => memset((byte*)Unsafe.AsPointer(ref dest), 0, len);

    [RuntimeImport("*", "memmove"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* memmove(byte* destination, byte* source, nuint length);

    [RuntimeImport("*", "memset"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* memset(byte* destination, int value, nuint length);
}
