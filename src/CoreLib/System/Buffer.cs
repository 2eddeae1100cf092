using System.Runtime.CompilerServices;

namespace System;

/// <summary>Named by ilc for block copies.</summary>
internal static class Buffer
{
    internal static unsafe void Memmove(byte* dest, byte* src, nuint len) => SpanHelpers.Memmove(ref *dest, ref *src, len);

    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) =>
        SpanHelpers.Memmove(ref destination, ref source, byteCount);

    internal static unsafe void Memmove<T>(ref T destination, ref T source, nuint elementCount) =>
        SpanHelpers.Memmove(ref Unsafe.As<T, byte>(ref destination), ref Unsafe.As<T, byte>(ref source), elementCount * (nuint)Unsafe.SizeOf<T>());
}
