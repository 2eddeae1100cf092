using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>How a domain ends the service of its physical IRQs.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainInterrupts
{
    /// <summary>Its page of bits that say which physical IRQs' service it must tell; 0 where there is none.</summary>
    public Mfn EndFrame;

    /// <summary>Its PHYSDEVOP_eoi takes the mask off the port too.</summary>
    public bool EndUnmasks;
}
