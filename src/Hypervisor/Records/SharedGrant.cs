using System.Runtime.InteropServices;

using Serai.Abi;

namespace Serai.Hypervisor.Records;

/// <summary>
/// An entry of a grant table (<see cref="GrantEntry"/>) as the hypervisor reads and writes it: what decides is one word. The guest may be writing to
/// it at this moment.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct SharedGrant
{
    /// <summary>The flags, and above them the domain that it is for.</summary>
    public uint Word;

    /// <summary>The frame.</summary>
    public uint Frame;

    /// <summary>An entry's first word.</summary>
    public static uint WordFor(GrantFlags flags, ushort domain) => (uint)flags | (uint)domain << 16;
}
