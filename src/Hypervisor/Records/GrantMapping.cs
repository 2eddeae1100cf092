using System.Runtime.InteropServices;

using Serai.Abi;

namespace Serai.Hypervisor.Records;

/// <summary>What a handle stands for (8 bytes): a grant of another domain that is mapped here.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantMapping
{
    /// <summary>The reference in the granter's table; of a free handle, the next free one.</summary>
    public uint Reference;

    /// <summary>The granter.</summary>
    public ushort Granter;

    private ushort flags;

    /// <summary>How it was mapped; of HostMap and DeviceMap, what still is. A free handle has neither.</summary>
    public GrantMapFlags Flags
    {
        readonly get => (GrantMapFlags)flags;
        set => flags = (ushort)value;
    }

    /// <summary>The flags by which a mapping exists.</summary>
    public const GrantMapFlags Kinds = GrantMapFlags.HostMap | GrantMapFlags.DeviceMap;

    /// <summary>Whether the handle is in use.</summary>
    public readonly bool IsUsed => (Flags & Kinds) != 0;

    /// <summary>Whether it may only be read.</summary>
    public readonly bool IsReadOnly => (Flags & GrantMapFlags.ReadOnly) != 0;
}
