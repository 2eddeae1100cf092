using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>What AcquireResource hands out (memory.h).</summary>
public enum ResourceType : ushort
{
    IoreqServer = 0,
    GrantTable = 1,
    VmtraceBuffer = 2,
}

/// <summary>AcquireResource.Id for a grant table (memory.h).</summary>
public enum GrantTableResource : uint
{
    Shared = 0,
    Status = 1,
}

/// <summary>Argument of AcquireResource (struct xen_mem_acquire_resource of memory.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AcquireResource
{
    public ushort Domain;
    public ResourceType Type;
    public uint Id;
    /// <summary>Out, when FrameList is null: how many there are.</summary>
    public uint FrameCount;
    public uint Reserved;
    /// <summary>The first frame, counted from zero.</summary>
    public ulong Frame;
    /// <summary>Guest pointer to 64-bit frame numbers.</summary>
    public ulong FrameList;
}
