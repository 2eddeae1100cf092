using System;

namespace Serai.Machine.Memory;

/// <summary>Registers of devices that lie in memory, each at its physical address: what they do is the test's to say.</summary>
public static class DeviceMemory
{
    /// <summary>Answers a read.</summary>
    public static Func<ulong, uint>? Reading { get; set; }

    /// <summary>Takes a write: the address, the value, its bytes.</summary>
    public static Action<ulong, uint, int>? Writing { get; set; }

    /// <summary>Maps nothing.</summary>
    public static ulong Map(ulong physicalAddress) => physicalAddress;

    /// <summary>Reads four bytes; ones where there is no device.</summary>
    public static uint Read32(ulong place) => Reading?.Invoke(place) ?? uint.MaxValue;

    /// <summary>Writes four bytes.</summary>
    public static void Write32(ulong place, uint value) => Writing?.Invoke(place, value, 4);

    /// <summary>Writes a byte.</summary>
    public static void Write8(ulong place, byte value) => Writing?.Invoke(place, value, 1);
}
