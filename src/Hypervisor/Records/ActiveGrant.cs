using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>
/// What the hypervisor remembers of one grant while somebody uses it (16 bytes): who, which frame it was when the use began, and how often in which
/// way. The guest's own entry may say something else by now.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ActiveGrant
{
    /// <summary>One use in <see cref="Pins"/>: mapped by a processor or for a device, for reading or for writing too.</summary>
    public const ulong HostRead = 1, HostWrite = 1ul << 16, DeviceRead = 1ul << 32, DeviceWrite = 1ul << 48;

    /// <summary>The counts of uses that may write.</summary>
    public const ulong WriteMask = 0xffff_0000_ffff_0000;

    /// <summary>A count that has come so far takes no more.</summary>
    public const ulong FullMask = 0x8000_8000_8000_8000;

    /// <summary>Four counts of 16 bits. The fields below mean something only while it is not zero.</summary>
    public ulong Pins;

    /// <summary>The frame.</summary>
    public uint Frame;

    /// <summary>The domain that uses it.</summary>
    public ushort User;

    private readonly ushort unused;
}
