namespace System.Runtime.CompilerServices;

/// <summary>How a method is compiled.</summary>
[Flags]
public enum MethodImplOptions
{
    /// <summary>Never inlined.</summary>
    NoInlining = 0x0008,
    /// <summary>Not optimised.</summary>
    NoOptimization = 0x0040,
    /// <summary>Inlined wherever possible.</summary>
    AggressiveInlining = 0x0100,
    /// <summary>Optimised at once.</summary>
    AggressiveOptimization = 0x0200,
    /// <summary>The body is elsewhere: with RuntimeImport, a symbol of assembly.</summary>
    InternalCall = 0x1000,
}

/// <summary>Says how a method is compiled.</summary>
public sealed class MethodImplAttribute(MethodImplOptions methodImplOptions) : Attribute
{
    /// <summary>How.</summary>
    public MethodImplOptions Value { get; } = methodImplOptions;
}
