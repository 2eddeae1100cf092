using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Control registers of a virtual CPU as its guest sees them.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ControlState
{
    /// <summary>CR4: the guest's own bits.</summary>
    public ulong Cr4;

    /// <summary>XCR0, or 0 where it was never set.</summary>
    public ulong Xcr0;

    public ulong TscAux;
}
