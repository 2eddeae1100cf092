namespace System.Runtime.CompilerServices;

/// <summary>What the compiler calls behind literals.</summary>
public static class RuntimeHelpers
{
    /// <summary>Fills an array literal; ilc folds it into data.</summary>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) => ThrowHelper.ThrowInvalidOperationException();

    /// <summary>A span over the data of a literal; expanded by the code generator.</summary>
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle)
    {
        ThrowHelper.ThrowInvalidOperationException();
        return default;
    }

    /// <summary>Whether the type holds references to objects; a constant.</summary>
    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>()
        where T : allows ref struct => IsReferenceOrContainsReferences<T>();

    /// <summary>The distance of the first character of a string from its start, for <c>fixed</c>.</summary>
    public static int OffsetToStringData => 12;
}
