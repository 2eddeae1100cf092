using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>The descriptor tables of a virtual CPU.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuDescriptors
{
    /// <summary>How many descriptors its GDT has, and its LDT.</summary>
    public uint GlobalEntries, LocalEntries;

    /// <summary>The guest's address of its LDT.</summary>
    public GuestAddress LocalBase;

    public GdtFrameList GlobalFrames;
    public LdtFrameList LocalFrames;

    /// <summary>Bit mask of the <see cref="LocalFrames"/> that count.</summary>
    public ushort LocalPresent;
}

/// <summary>The frames of a guest's GDT.</summary>
[InlineArray(14)]
public struct GdtFrameList
{
    private uint element;
}

/// <summary>The frames of a guest's LDT that have been shown so far; which entries count says VcpuDescriptors.LocalPresent.</summary>
[InlineArray(16)]
public struct LdtFrameList
{
    private uint element;
}
