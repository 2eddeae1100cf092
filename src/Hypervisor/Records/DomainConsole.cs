using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>A domain's console: its ring, which the hypervisor holds as writable, and the line it is in the middle of.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainConsole
{
    /// <summary>The frame of the ring, or 0 where there is none.</summary>
    public Mfn Frame;

    public uint Port;
    public ConsoleLine Line;
}
