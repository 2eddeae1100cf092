using System.Diagnostics.CodeAnalysis;

namespace System.Diagnostics;

/// <summary>Assertions, present when DEBUG is defined.</summary>
public static class Debug
{
    /// <summary>A runtime failure unless <paramref name="condition"/> holds.</summary>
    [Conditional("DEBUG")]
    public static void Assert([DoesNotReturnIf(false)] bool condition)
    {
        if (!condition)
            ThrowHelper.ThrowInvalidOperationException();
    }
}
