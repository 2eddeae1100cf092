using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>A domain's xenstore ring, which the hypervisor holds as writable.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainStore
{
    /// <summary>The frame of the ring, or 0 where there is none.</summary>
    public Mfn Frame;

    public uint Port;

    /// <summary>What has come of the request that it is writing.</summary>
    public StoreRequest Request;
}
