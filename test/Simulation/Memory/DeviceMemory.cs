using System;

using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>Registers of devices that lie in memory, each at its physical address: what they do is the test's to say.</summary>
public static class DeviceMemory
{
    internal sealed class State
    {
        public Func<ulong, uint>? Reading;
        public Action<ulong, uint, int>? Writing;
    }

    /// <summary>Answers a read.</summary>
    public static ref Func<ulong, uint>? Reading => ref SimulatedMachine.Present.DeviceMemory.Reading;

    /// <summary>Takes a write: the address, the value, its bytes.</summary>
    public static ref Action<ulong, uint, int>? Writing => ref SimulatedMachine.Present.DeviceMemory.Writing;

    /// <summary>Maps nothing.</summary>
    public static ulong Map(ulong physicalAddress) => physicalAddress;

    /// <summary>Reads four bytes at a machine address.</summary>
    public static uint ReadAt(ulong address)
    {
        HypervisorLock.Demand();
        return Read32(address);
    }

    /// <summary>Writes 1, 2, 4 or 8 bytes at a machine address, the eight as two times four.</summary>
    public static void WriteAt(ulong address, int size, ulong value)
    {
        HypervisorLock.Demand();
        Writing?.Invoke(address, unchecked((uint)value), Math.Min(size, 4));
        if (size == 8)
            Writing?.Invoke(address + 4, (uint)(value >> 32), 4);
    }

    /// <summary>Reads four bytes; ones where there is no device.</summary>
    public static uint Read32(ulong place) => Reading?.Invoke(place) ?? uint.MaxValue;

    /// <summary>Writes four bytes.</summary>
    public static void Write32(ulong place, uint value) => Writing?.Invoke(place, value, 4);

    /// <summary>Writes a byte.</summary>
    public static void Write8(ulong place, byte value) => Writing?.Invoke(place, value, 1);
}
