using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The hypervisor's own stack, read after something went wrong, and the table of names that the image carries.</summary>
// unsafe: frames are found by address.
public static unsafe class Stack
{
    /// <summary>The frame pointer of the caller.</summary>
    [RuntimeImport("*", "X64FramePointer"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong FramePointer();

    /// <summary>The blob of tools/Symbols.</summary>
    public static ReadOnlySpan<byte> Symbols
        => new((void*)Processor.Symbols.SymbolsStart, (int)(Processor.Symbols.SymbolsEnd - Processor.Symbols.SymbolsStart));

    /// <summary>Goes from a frame to its caller's; false at the end of the chain, or where it leaves the hypervisor's memory.</summary>
    public static bool TryUnwind(ref ulong framePointer, out ulong returnAddress)
    {
        returnAddress = 0;
        if (framePointer % 8 != 0 || !Memory.Layout.IsHypervisor(framePointer))
            return false;
        ulong caller = *(ulong*)framePointer;
        returnAddress = *(ulong*)(framePointer + 8);
        bool deeper = caller > framePointer;
        framePointer = caller;
        return deeper && returnAddress >= Processor.Symbols.ImageStart && returnAddress < Processor.Symbols.TextEnd;
    }
}
