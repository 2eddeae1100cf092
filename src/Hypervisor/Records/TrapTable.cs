using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Where a virtual CPU's exceptions go; the selectors registered with it lie in its second frame (VirtualCpu.TrapSelectors).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrapTable
{
    public TrapTableAddresses Addresses;
    public TrapTableFlags Flags;
}

/// <summary>Where each of 256 vectors goes, 0 for nowhere.</summary>
[InlineArray(256)]
public struct TrapTableAddresses
{
    private ulong element;
}

/// <summary>The selector registered with each vector, told back to the toolstack only.</summary>
[InlineArray(256)]
public struct TrapTableSelectors
{
    private ushort element;
}

/// <summary>The TrapInfoFlags of each vector.</summary>
[InlineArray(256)]
public struct TrapTableFlags
{
    private byte element;
}
