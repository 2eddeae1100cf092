using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>
/// Where a failed check ends. Each entry is assembly (Machine/X64/Failure.S) which passes its own return address,
/// that is the guilty line, to the exported <c>RuntimeFailure(kind, returnAddress)</c>; none returns.
/// </summary>
internal static class ThrowHelper
{
    [DoesNotReturn, RuntimeImport("*", "FailureIndex"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ThrowIndexOutOfRangeException();

    [DoesNotReturn, RuntimeImport("*", "FailureRange"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ThrowArgumentOutOfRangeException();

    [DoesNotReturn, RuntimeImport("*", "FailureNoValue"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ThrowInvalidOperationException();
}
