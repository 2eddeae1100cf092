using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Ground;

/// <summary>Room on the stack.</summary>
public static class Scratch
{
    /// <summary>
    /// Zeroes what <c>stackalloc</c> gave: <c>Span&lt;byte&gt; text = Scratch.Zeroed(stackalloc byte[40])</c>. In ring 0 stackalloc leaves
    /// what other calls left there, since zeroing in prologues takes vector registers; tools/InitLocals refuses any other form.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> Zeroed<T>(Span<T> memory)
        where T : unmanaged
    {
        memory.Clear();
        return memory;
    }
}
