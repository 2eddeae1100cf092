using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>How a domain ends the service of its physical IRQs.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainInterrupts
{
    /// <summary>The frame of its EOI map, or 0 where there is none (EoiMap).</summary>
    public Mfn EoiMapFrame;

    /// <summary>Its PHYSDEVOP_eoi takes the mask off the port too.</summary>
    public bool EoiUnmasks;
}
