using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Where a virtual CPU's exceptions go; the selectors registered with it lie in its second frame (VirtualCpu.TrapSelectors).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrapTable
{
    /// <summary>Where each vector goes, 0 for nowhere.</summary>
    public EachVector<ulong> Addresses;

    /// <summary>The TrapInfoFlags of each vector.</summary>
    public EachVector<byte> Flags;
}

/// <summary>One of a kind for each of 256 vectors.</summary>
[InlineArray(256)]
public struct EachVector<T>
    where T : unmanaged
{
    private T element;
}
