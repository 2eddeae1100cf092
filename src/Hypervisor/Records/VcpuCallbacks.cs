using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>Where a virtual CPU's callbacks go beside that of system calls, or 0; canonical.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuCallbacks
{
    public ulong Event, Failsafe, Syscall32, Sysenter;
    public bool FailsafeMasksEvents, Syscall32MasksEvents, SysenterMasksEvents;
}
