using System;

namespace Serai.Machine.Processor;

/// <summary>The hypervisor's stack, which here is .NET's and tells nothing.</summary>
public static class Stack
{
    /// <summary>No frame.</summary>
    public static ulong FramePointer() => 0;

    /// <summary>No names.</summary>
    public static ReadOnlySpan<byte> Symbols => default;

    /// <summary>No caller.</summary>
    public static bool TryUnwind(ref ulong framePointer, out ulong returnAddress)
    {
        returnAddress = 0;
        return false;
    }
}

/// <summary>The places where a fault in ring 0 is expected: none, since the simulated copies do not fault.</summary>
public static class Fixups
{
    /// <summary>Never.</summary>
    public static bool TryFind(ulong address, out ulong resume)
    {
        resume = 0;
        return false;
    }
}

/// <summary>The way into the first guest, which is noted.</summary>
public static class EntryPoint
{
    /// <summary>Enters a virtual CPU.</summary>
    public static void EnterGuest<T>(ref T vcpu) where T : unmanaged
        => Simulation.Journal.Write(Simulation.Act.EnterGuest, Memory.DirectMap.AddressOf(ref vcpu));
}
