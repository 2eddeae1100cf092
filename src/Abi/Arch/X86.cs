using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Selectors of the hypervisor's flat descriptors, the same for kernel and user (arch-x86/xen-x86_64.h).</summary>
public static class FlatSelectors
{
    public const ushort Ring3Code32 = 0xE023;
    public const ushort Ring3Code64 = 0xE033;
    public const ushort Ring3Data32 = 0xE02B;
    public const ushort Ring3Data64 = 0x0000;
    public const ushort Ring3Stack32 = 0xE02B;
    public const ushort Ring3Stack64 = 0xE02B;
    public const ushort KernelCode = 0xE033;
    public const ushort KernelData = 0x0000;
    public const ushort KernelStack = 0xE02B;
    public const ushort UserCode = 0xE033;
    public const ushort UserCode32 = 0xE023;
    public const ushort UserData = 0x0000;
    public const ushort UserStack = 0xE02B;
}

/// <summary>Where the hypervisor's part of a GDT starts (arch-x86/xen.h).</summary>
public static class GdtLayout
{
    public const int FirstReservedPage = 14;
    public const int FirstReservedByte = 0xE000;
    public const int FirstReservedEntry = 7168;
}

/// <summary>Addresses that every 64-bit PV guest knows; the ends are exclusive (arch-x86/xen-x86_64.h).</summary>
public static class AddressSpace
{
    public const ulong HypervisorStart = 0xFFFF_8000_0000_0000;
    public const ulong HypervisorEnd = 0xFFFF_8800_0000_0000;
    public const ulong MachineToPhysicalStart = 0xFFFF_8000_0000_0000;
    public const ulong MachineToPhysicalEnd = 0xFFFF_8040_0000_0000;
    public const ulong MachineToPhysicalEntries = 0x8_0000_0000;
}

/// <summary>Which base set_segment_base sets (arch-x86/xen-x86_64.h).</summary>
public enum SegmentBase : uint
{
    Fs = 0,
    GsUser = 1,
    GsKernel = 2,
    /// <summary>The value is a selector, loaded for user mode.</summary>
    GsUserSelector = 3,
}

/// <summary>What the iret hypercall finds on the guest's stack (struct iret_context of arch-x86/xen-x86_64.h, 72 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IretContext
{
    public ulong Rax;
    public ulong R11;
    public ulong Rcx;
    /// <summary>VcpuContextFlags; with InSyscall, R11 and RCX need not be restored.</summary>
    public ulong Flags;
    public ulong Rip;
    /// <summary>RPL 3 returns to user mode, RPL 0 to the kernel.</summary>
    public ulong Cs;
    /// <summary>The interrupt flag is the inverse of the new EventUpcallMask.</summary>
    public ulong Rflags;
    public ulong Rsp;
    public ulong Ss;
}
