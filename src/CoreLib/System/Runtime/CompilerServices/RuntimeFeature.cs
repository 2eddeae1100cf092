namespace System.Runtime.CompilerServices;

/// <summary>What the compiler may emit.</summary>
public static class RuntimeFeature
{
    /// <summary>References as fields of ref structs.</summary>
    public const string ByRefFields = nameof(ByRefFields);

    /// <summary>Ref structs as type arguments.</summary>
    public const string ByRefLikeGenerics = nameof(ByRefLikeGenerics);

    /// <summary>Native integers as aliases of IntPtr and UIntPtr.</summary>
    public const string NumericIntPtr = nameof(NumericIntPtr);

    /// <summary>Static abstract members of interfaces.</summary>
    public const string VirtualStaticsInInterfaces = nameof(VirtualStaticsInInterfaces);

    /// <summary>Bodies in interfaces.</summary>
    public const string DefaultImplementationsOfInterfaces = nameof(DefaultImplementationsOfInterfaces);

    /// <summary>Unmanaged function pointers with other calling conventions.</summary>
    public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
}
