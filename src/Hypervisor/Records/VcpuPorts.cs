using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>Which ports the applications of a virtual CPU may use.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuPorts
{
    /// <summary>The guest's bitmap of ports that are permitted whatever the level is, and how many it covers; 0 for none.</summary>
    public GuestAddress Bitmap;
    public uint Count;

    /// <summary>The virtual IOPL, 0 to 3.</summary>
    public byte PrivilegeLevel;
}
