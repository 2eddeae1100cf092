using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Where the checks end that the code generator writes by itself. See System.ThrowHelper for the assembly behind it.</summary>
internal static class ThrowHelpers
{
    [DoesNotReturn, RuntimeImport("*", "FailureOverflow"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ThrowOverflowException();

    [DoesNotReturn, RuntimeImport("*", "FailureIndex"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ThrowIndexOutOfRangeException();

    [DoesNotReturn, RuntimeImport("*", "FailureNull"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ThrowNullReferenceException();

    [DoesNotReturn, RuntimeImport("*", "FailureDivide"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ThrowDivideByZeroException();

    [DoesNotReturn, RuntimeImport("*", "FailureBody"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ThrowFeatureBodyRemoved();
}
