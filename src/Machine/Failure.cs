using System;
using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>The check that failed; the first seven are the language's and numbered in X64/Failure.S.</summary>
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

    /// <summary>A physical address that is not RAM.</summary>
    DirectMap = 7,

    /// <summary>An index beyond a table.</summary>
    Table = 8,

    /// <summary>No memory is left at boot.</summary>
    BootMemory = 9,

    /// <summary>The lock is not held where it must be, or held where it must not; checked images only.</summary>
    Lock = 10,
}

/// <summary>The one place where all failed checks end: in the hypervisor's panic.</summary>
public static class Failure
{
    [RuntimeImport("*", "HypervisorFailed"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void HypervisorFailed(FailureKind kind, ulong detail, ulong returnAddress);

    [RuntimeExport("RuntimeFailure")]
    private static void RuntimeFailure(FailureKind kind, ulong returnAddress) => HypervisorFailed(kind, 0, returnAddress);

    /// <summary>What a kind means.</summary>
    public static ReadOnlySpan<byte> Text(this FailureKind kind) => kind switch
    {
        FailureKind.Index => "an index is outside of its span"u8,
        FailureKind.Range => "a slice does not fit"u8,
        FailureKind.Overflow => "arithmetic overflows"u8,
        FailureKind.NoValue => "there is no value"u8,
        FailureKind.Null => "a reference is null"u8,
        FailureKind.Divide => "a division by zero"u8,
        FailureKind.DirectMap => "a physical address outside of RAM"u8,
        FailureKind.Table => "an index beyond its table"u8,
        FailureKind.BootMemory => "no memory at boot"u8,
        FailureKind.Lock => "the lock's rules are broken"u8,
        _ => "a method without a body"u8,
    };

    internal static void OutsideDirectMap(ulong address) => Fail(FailureKind.DirectMap, address);

    internal static void OutsideTable(ulong index) => Fail(FailureKind.Table, index);

    internal static void NoBootMemory(ulong bytes) => Fail(FailureKind.BootMemory, bytes);

    internal static void LockRule(uint holder) => Fail(FailureKind.Lock, holder);

    /// <summary>The loop, which is not reached, shows the compiler that nothing is needed any more where this is called.</summary>
    private static void Fail(FailureKind kind, ulong detail)
    {
        ulong frame = Stack.FramePointer();
        Stack.TryUnwind(ref frame, out ulong caller);
        HypervisorFailed(kind, detail, caller);
        while (true)
        {
        }
    }
}
