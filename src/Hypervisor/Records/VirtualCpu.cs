using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Records;

/// <summary>Why a VirtualCpu does not run.</summary>
[System.Flags]
public enum PauseReasons : byte
{
    None = 0,

    /// <summary>Sleeps until an event (SCHEDOP_block, SCHEDOP_poll).</summary>
    Blocked = 1,

    /// <summary>Not up (VCPUOP_up has not been called, or VCPUOP_down has).</summary>
    Down = 2,

    /// <summary>Its domain is paused, has shut down or is dying.</summary>
    Domain = 4,
}

/// <summary>
/// A virtual processor: one frame of the hypervisor's memory. The first fields are known to assembly (Machine/X64/Offsets.inc): the register frame
/// with room below it for one refused return (see Entry.S), then what entry and exit look at. A second frame holds the floating-point state and,
/// behind it, what is rarely wanted.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct VirtualCpu
{
    /// <summary>Bytes from the start of the structure to the end of its register frame.</summary>
    public const uint FrameEnd = 264 + 168;

    /// <summary>The guest's xmm0, which C# may use, while it is not running.</summary>
    public ulong Xmm0Low, Xmm0High;

    private ReturnRoom room;

    /// <summary>The guest's general registers while it is not running.</summary>
    public Registers Registers;

    /// <summary>The processor it runs on or ran on last.</summary>
    public Link<ProcessorState> Processor;

    /// <summary>The record it shares with its guest: in shared_info, or where the guest registered it.</summary>
    public Link<VcpuInfo> Info;

    /// <summary>The physical address of the top-level table that its guest names for its kernel, or 0.</summary>
    public MachineAddress KernelRoot;

    /// <summary>The physical address of the top-level table that its guest names for its applications, or 0.</summary>
    public MachineAddress UserRoot;

    /// <summary>
    /// The physical addresses of the top-level tables that the processor loads while its guest's kernel runs, and while an application does.
    /// Valid while a processor holds it (LoadedRoots of PageTables).
    /// </summary>
    public MachineAddress LoadedKernelRoot, LoadedUserRoot;

    /// <summary>Where its kernel's stack begins when it is entered from an application: a multiple of 16, outside the hypervisor's range.</summary>
    public ulong KernelStack;

    /// <summary>Where system calls of applications go, or 0; canonical.</summary>
    public ulong SyscallCallback;

    /// <summary>1 while the guest's kernel runs, 0 while an application does.</summary>
    public byte KernelMode;

    /// <summary>1 where the syscall callback is entered with events masked.</summary>
    public byte SyscallMasksEvents;

    /// <summary>Not 0: an iret must be done by C#, since an NMI is in service, or its domain has each iret tell a privilege level.</summary>
    public byte SlowReturn;

    /// <summary>CR0.TS as the guest set it: real only while the guest runs.</summary>
    public bool TaskSwitched;

    public PauseReasons PauseReasons;

    /// <summary>Its number within its domain.</summary>
    public uint Number;

    public Link<Domain> DomainLink;

    /// <summary>Where the other callbacks go.</summary>
    public VcpuCallbacks Callbacks;

    /// <summary>Whether a context has been given (VCPUOP_initialise).</summary>
    public bool IsInitialised;

    /// <summary>Why a context was refused, as long as what of it had been taken is not given back altogether.</summary>
    public Errno ContextRefusal;

    public VcpuEvents Events;

    /// <summary>Its place among those that wait for a processor, and its links in their heap.</summary>
    public Turn Turn;
    public HeapLinks QueueLinks;

    /// <summary>Segment selectors and bases while it is not running; which GS base is live follows <see cref="KernelMode"/>.</summary>
    public SegmentState Segments;

    /// <summary>
    /// The processor has refused some of its <see cref="Segments"/>, which stay as they were until the failsafe callback has been told of them.
    /// </summary>
    public bool HasLostSelectors;

    public ulong KernelStackSelector;
    public VcpuDescriptors Descriptors;
    public VcpuPorts Ports;
    public ControlState Controls;
    public NmiState Nmi;
    public DebugRegisterFile DebugRegisters;
    public TrapTable Traps;

    public VcpuRunstate Runstate;
    public VcpuTimers Timers;

    public Mfn FloatingPointFrame;

    /// <summary>The chunk of an exchange that it is in the middle of.</summary>
    public HalfExchange Exchange;

    /// <summary>Where <see cref="TrapSelectors"/> begin in the second frame, behind the save area.</summary>
    internal const ulong SelectorsOffset = Mfn.Size - 2 * 256;

    /// <summary>The selector that goes with each address of its trap table.</summary>
    public readonly ref EachVector<ushort> TrapSelectors => ref DirectMap.At<EachVector<ushort>>(FloatingPointFrame.Address + SelectorsOffset);

    /// <summary>Its domain.</summary>
    public readonly ref Domain Domain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref DomainLink.Value;
    }

    /// <summary>Whether the guest's kernel, not an application, runs or ran last.</summary>
    public readonly bool IsKernel => KernelMode != 0;

    /// <summary>Whether nothing keeps it from running.</summary>
    public readonly bool IsRunnable => PauseReasons == PauseReasons.None;

    /// <summary>
    /// Whether its domain is stopped: it is on its way out, if it is not out already, and nothing is done for its guest any more. Its processor has
    /// been given the work that leads there (Scheduler.Pause).
    /// </summary>
    public readonly bool MustLeave => (PauseReasons & PauseReasons.Domain) != 0;

    [InlineArray(31)]
    private struct ReturnRoom
    {
        private ulong element;
    }
}

/// <summary>DR0 to DR3, DR6, DR7.</summary>
[InlineArray(8)]
public struct DebugRegisterFile
{
    private ulong element;
}
