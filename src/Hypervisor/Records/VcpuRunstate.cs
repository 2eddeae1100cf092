using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>How a virtual CPU has spent its time, and where it is told so.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuRunstate
{
    public VcpuRunstateInfo Info;

    /// <summary>The guest's address of its copy, or 0.</summary>
    public GuestAddress Area;
}
