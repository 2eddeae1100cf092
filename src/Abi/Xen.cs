using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Domain numbers with a meaning of their own; ordinary domains are below FirstReserved (xen.h).</summary>
public static class DomainIds
{
    public const ushort FirstReserved = 0x7FF0;
    /// <summary>The calling domain.</summary>
    public const ushort Self = 0x7FF0;
    /// <summary>Owner of memory-mapped I/O.</summary>
    public const ushort Io = 0x7FF1;
    /// <summary>Owner of the hypervisor's own shared frames.</summary>
    public const ushort Xen = 0x7FF2;
    public const ushort Cow = 0x7FF3;
    public const ushort Invalid = 0x7FF4;
    public const ushort Idle = 0x7FFF;
    public const ushort Mask = 0x7FFF;
}

/// <summary>Virtual interrupt numbers. Timer, Debug, Xenoprof and XenPmu are per virtual CPU, the others global (xen.h).</summary>
public enum Virq : uint
{
    Timer = 0,
    Debug = 1,
    Console = 2,
    /// <summary>A domain shut down or died.</summary>
    DomainException = 3,
    TraceBuffer = 4,
    Debugger = 6,
    Xenoprof = 7,
    ConsoleRing = 8,
    PcpuState = 9,
    MemoryEvent = 10,
    Argo = 11,
    NoMemory = 12,
    XenPmu = 13,
    /// <summary>Machine check on x86.</summary>
    Arch0 = 16,
    Arch1 = 17,
    Arch2 = 18,
    Arch3 = 19,
    Arch4 = 20,
    Arch5 = 21,
    Arch6 = 22,
    Arch7 = 23,
}

/// <summary>Fixed sizes of the interface (xen.h, event_channel.h, arch-x86/xen.h).</summary>
public static class Limits
{
    public const int Virqs = 24;
    /// <summary>Slots in SharedInfo; higher virtual CPUs must register their VcpuInfo.</summary>
    public const int LegacyVirtualCpus = 32;
    /// <summary>Bytes, with the final NUL.</summary>
    public const int CommandLine = 1024;
}

/// <summary>One call of a multicall (struct multicall_entry of xen.h, 64 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MulticallEntry
{
    /// <summary>A Hypercall number.</summary>
    public ulong Op;
    public long Result;
    public ulong Argument1;
    public ulong Argument2;
    public ulong Argument3;
    public ulong Argument4;
    public ulong Argument5;
    public ulong Argument6;
}

/// <summary>Sub-commands of console_io (xen.h).</summary>
public enum ConsoleIoCommand : uint
{
    Write = 0,
    Read = 1,
}

/// <summary>Sub-commands of vm_assist (xen.h).</summary>
public enum VmAssistCommand : uint
{
    Enable = 0,
    Disable = 1,
}

/// <summary>Assists of vm_assist; the value is a bit number in VcpuGuestContext.VmAssist (xen.h).</summary>
public enum VmAssistType : uint
{
    FourGbSegments = 0,
    FourGbSegmentsNotify = 1,
    WritablePageTables = 2,
    PaeExtendedCr3 = 3,
    ArchitecturalIopl = 4,
    RunstateUpdateFlag = 5,
    M2pStrict = 32,
}

/// <summary>A domain's UUID (xen_domain_handle_t of xen.h, 16 bytes).</summary>
public struct DomainHandle
{
    /// <summary>Number of elements.</summary>
    public const int Length = 16;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}
