using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>The check of the language that failed; the numbers are those of X64/Failure.S.</summary>
public enum FailureKind : uint
{
    /// <summary>An index outside of a span or an array.</summary>
    Index = 0,

    /// <summary>A slice or a length that does not fit.</summary>
    Range = 1,

    /// <summary>Checked arithmetic that does not fit.</summary>
    Overflow = 2,

    /// <summary>A value asked of a Nullable that has none, or something else that cannot be done now.</summary>
    NoValue = 3,

    /// <summary>A null reference.</summary>
    Null = 4,

    /// <summary>A division by zero that the compiler saw.</summary>
    Divide = 5,

    /// <summary>A method whose body the compiler took out.</summary>
    Body = 6,

    /// <summary>A physical address that is not in the direct map; the culprit is the address.</summary>
    DirectMap = 7,

    /// <summary>An index outside of a table; the culprit is the index.</summary>
    Table = 8,
}

/// <summary>The one place where all failed checks of the language end.</summary>
public static class Failure
{
    /// <summary>A physical address that is not in the direct map.</summary>
    [DoesNotReturn, RuntimeImport("*", "FailureDirectMap"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void OutsideDirectMap(ulong physicalAddress);

    /// <summary>An index outside of a table.</summary>
    [DoesNotReturn, RuntimeImport("*", "FailureTable"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void OutsideTable(ulong index);

    // The culprit means something only for the kinds that say so.
    [RuntimeExport("RuntimeFailure")]
    private static void RuntimeFailure(FailureKind kind, ulong returnAddress, ulong culprit)
    {
        foreach (byte letter in "runtime failure\r\n"u8)
            Port.Out8(0x3f8, letter);
        while (true)
            Port.Out8(0x80, (byte)kind);
    }
}
