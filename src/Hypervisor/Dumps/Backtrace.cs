using System;

using Serai.Hypervisor.Output;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Dumps;

/// <summary>The chain of calls, by frame pointers, with names and lines from the image's own table.</summary>
public static class Backtrace
{
    private const int Deepest = 24;

    /// <summary>Writes the call at an address and those that its frame pointer leads to.</summary>
    public static void Write(ulong address, ulong framePointer)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            WriteOne(Stack.Symbols, address);
            if (!Stack.TryUnwind(ref framePointer, out address))
                return;
        }
    }

    private static void WriteOne(ReadOnlySpan<byte> symbols, ulong address)
    {
        Log line = Log.Always().Text("  at "u8).Hex(address);
        if (SymbolTable.TryFindCall(symbols, address, out SymbolLocation location))
        {
            line.Text(" "u8).Text(SymbolTable.Text(symbols, location.Type)).Text("."u8).Text(SymbolTable.Text(symbols, location.Method))
                .Text(" "u8).Text(SymbolTable.Text(symbols, location.File)).Text(":"u8).Number(location.Line);
        }
        line.End();
    }
}
