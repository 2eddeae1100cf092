using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics.X86;

/// <summary>Instructions that every x86-64 has and C# has no operator for. The code generator expands them, whatever the processor.</summary>
internal abstract class X86Base
{
    [Intrinsic]
    internal static uint BitScanForward(uint value) => BitScanForward(value);

    [Intrinsic]
    internal static uint BitScanReverse(uint value) => BitScanReverse(value);

    internal abstract class X64
    {
        [Intrinsic]
        internal static ulong BitScanForward(ulong value) => BitScanForward(value);

        [Intrinsic]
        internal static ulong BitScanReverse(ulong value) => BitScanReverse(value);
    }
}
