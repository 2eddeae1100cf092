namespace System.Runtime.CompilerServices;

/// <summary>
/// Reinterpretation of memory, for Machine and GuestKit only. ilc and its code generator give these their bodies;
/// what stands here would be reached only by a compiler that does not know them. Three methods are public because
/// the C# compiler calls them for the indexing of inline arrays; no source outside of Machine and GuestKit names them.
/// </summary>
public static unsafe class Unsafe
{
    [Intrinsic]
    internal static ref T AsRef<T>(void* source)
        where T : allows ref struct => ref *(T*)source;

    /// <summary>For the compiler.</summary>
    [Intrinsic]
    public static ref T AsRef<T>(scoped ref readonly T source)
        where T : allows ref struct => ref AsRef(in source);

    /// <summary>For the compiler.</summary>
    [Intrinsic]
    public static ref TTo As<TFrom, TTo>(ref TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct => ref As<TFrom, TTo>(ref source);

    [Intrinsic]
    internal static void* AsPointer<T>(ref readonly T value)
        where T : allows ref struct => AsPointer(in value);

    [Intrinsic]
    internal static int SizeOf<T>()
        where T : allows ref struct => sizeof(T);

    /// <summary>For the compiler.</summary>
    [Intrinsic]
    public static ref T Add<T>(ref T source, int elementOffset)
        where T : allows ref struct => ref Add(ref source, elementOffset);

    [Intrinsic]
    internal static ref T Add<T>(ref T source, nint elementOffset)
        where T : allows ref struct => ref Add(ref source, elementOffset);

    [Intrinsic]
    internal static ref T AddByteOffset<T>(ref T source, nint byteOffset)
        where T : allows ref struct => ref AddByteOffset(ref source, byteOffset);

    [Intrinsic]
    internal static nint ByteOffset<T>(ref readonly T origin, ref readonly T target)
        where T : allows ref struct => ByteOffset(in origin, in target);

    [Intrinsic]
    internal static bool AreSame<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct => AreSame(in left, in right);

    [Intrinsic]
    internal static bool IsNullRef<T>(ref readonly T source)
        where T : allows ref struct => AsPointer(in source) == null;

    [Intrinsic]
    internal static ref T NullRef<T>()
        where T : allows ref struct => ref AsRef<T>(null);

    [Intrinsic]
    internal static T ReadUnaligned<T>(ref readonly byte source)
        where T : allows ref struct => ReadUnaligned<T>(in source);

    [Intrinsic]
    internal static void WriteUnaligned<T>(ref byte destination, T value)
        where T : allows ref struct => WriteUnaligned(ref destination, value);

    [Intrinsic]
    internal static void SkipInit<T>(out T value)
        where T : allows ref struct => SkipInit(out value);

    [Intrinsic]
    internal static TTo BitCast<TFrom, TTo>(TFrom source)
        where TFrom : struct, allows ref struct
        where TTo : struct, allows ref struct => BitCast<TFrom, TTo>(source);

    internal static ref T GetArrayDataReference<T>(T[] array) => ref As<byte, T>(ref As<RawArrayData>(array).Data);

    [Intrinsic]
    internal static T As<T>(object? value)
        where T : class => As<T>(value);

    // The layout of an array behind its method table, for a reference to the first element.
    private sealed class RawArrayData
    {
        public uint Length;
        public uint Padding;
        public byte Data;
    }
}
