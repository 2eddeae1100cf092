using System;

using Serai.Simulation;

namespace Serai.Machine;

/// <summary>The check that failed.</summary>
public enum FailureKind : uint
{
    Index = 0,
    Range = 1,
    Overflow = 2,
    NoValue = 3,
    Null = 4,
    Divide = 5,
    Body = 6,
    DirectMap = 7,
    Table = 8,
    BootMemory = 9,
}

/// <summary>Where failed checks end: in an exception, as those of the language do here anyway.</summary>
public static class Failure
{
    /// <summary>What a kind means.</summary>
    public static ReadOnlySpan<byte> Text(this FailureKind kind) => System.Text.Encoding.ASCII.GetBytes(kind.ToString());

    internal static void NoBootMemory(ulong bytes) => throw new MachineFailure(FailureKind.BootMemory, bytes);
}
