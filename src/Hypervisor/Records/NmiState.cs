using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Non-maskable interrupts of a virtual CPU.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NmiState
{
    /// <summary>One waits to be delivered; one has been, and its handler has not returned.</summary>
    public bool IsPending, IsInService;
}
