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
    public ulong KernelRoot;

    /// <summary>The physical address of the top-level table that its guest names for its applications, or 0.</summary>
    public ulong UserRoot;

    /// <summary>
    /// The physical addresses of the top-level tables that the processor loads while its guest's kernel runs, and while an application does.
    /// Valid while a processor holds it (LoadedRoots of PageTables).
    /// </summary>
    public ulong LoadedKernelRoot, LoadedUserRoot;

    /// <summary>Where its kernel's stack begins when it is entered from an application: a multiple of 16, outside the hypervisor's range.</summary>
    public ulong KernelStack;

    /// <summary>Where system calls of applications go, or 0; canonical.</summary>
    public ulong SyscallCallback;

    /// <summary>1 while the guest's kernel runs, 0 while an application does.</summary>
    public byte KernelMode;

    /// <summary>1 where the syscall callback is entered with events masked.</summary>
    public byte SyscallMasksEvents;

    /// <summary>Not 0: an iret must be done by C#, since an NMI is in service.</summary>
    public byte SlowReturn;

    /// <summary>CR0.TS as the guest set it: real only while the guest runs.</summary>
    public bool TaskSwitched;

    public PauseReasons PauseReasons;

    /// <summary>Its number within its domain.</summary>
    public uint Number;

    public Link<Domain> DomainLink;

    /// <summary>Where the other callbacks go, or 0; canonical.</summary>
    public ulong EventCallback, FailsafeCallback, Syscall32Callback, SysenterCallback;
    public bool FailsafeMasksEvents, Syscall32MasksEvents, SysenterMasksEvents;

    /// <summary>Whether a context has been given (VCPUOP_initialise).</summary>
    public bool IsInitialised;

    /// <summary>Why a context was refused, as long as what of it had been taken is not given back altogether.</summary>
    public Errno ContextRefusal;

    /// <summary>Waits for one of some ports, events masked or not (SCHEDOP_poll); the port when it is one, or -1.</summary>
    public bool IsPolling;
    public int PollPort;

    /// <summary>The port that VIRQ_TIMER is bound to, or 0.</summary>
    public readonly uint TimerPort => VirqPorts[(int)Virq.Timer];

    /// <summary>Its place among those that wait for a processor.</summary>
    public Turn Turn;

    /// <summary>Links of the queue's heap: its first child, the next of its siblings, and the one before (its parent for a first child).</summary>
    public Link<VirtualCpu> QueueChild, QueueNext, QueuePrevious;

    /// <summary>Segment selectors and bases while it is not running; which GS base is live follows <see cref="KernelMode"/>.</summary>
    public SegmentState Segments;

    public ulong KernelStackSelector;
    public uint DescriptorEntries;
    public uint LocalEntries;
    public ulong LocalBase;

    /// <summary>The guest's bitmap of ports that are permitted whatever the level is, and how many it covers; 0 for none.</summary>
    public ulong PortBitmap;

    /// <summary>CR4 as the guest sees its own bits, CR2, XCR0 (0: never set), TSC_AUX, the length of its port bitmap and virtual IOPL.</summary>
    public ulong GuestCr4;
    public ulong Xcr0;
    public ulong TscAux;
    public uint PortCount;
    public byte PrivilegeLevel;

    /// <summary>An NMI waits to be delivered; one has been and its handler has not returned.</summary>
    public bool NmiPending, NmiInService;

    /// <summary>
    /// The processor has refused some of its <see cref="Segments"/>, which stay as they were until the failsafe callback has been told of them.
    /// </summary>
    public bool HasLostSelectors;

    public DebugRegisterFile DebugRegisters;

    public VcpuRunstateInfo Runstate;
    public ulong RunstateArea;
    public ulong TimeArea;

    /// <summary>When its timers fire, and the earliest of these.</summary>
    public TimerDeadlines Deadlines;
    public ulong NextDeadline;

    /// <summary>Links of the heap of timers, and the processor whose heap it is.</summary>
    public Link<VirtualCpu> TimerChild, TimerNext, TimerPrevious;
    public uint TimerProcessor;

    /// <summary>The period of the periodic timer, and the virtual time at which the virtual timer fires; 0 while they do not run.</summary>
    public ulong Period, VirtualDeadline;

    /// <summary>When the present period ends; and whether the periodic timer rests until the virtual CPU runs again.</summary>
    public ulong PeriodEnd;
    public bool IsPeriodResting;

    /// <summary>The frame where its Info lies if the guest registered one.</summary>
    public Mfn InfoFrame;
    public bool HasOwnInfo;

    public Mfn FloatingPointFrame;
    public GdtFrameList DescriptorFrames;
    public LdtFrameList LocalFrames;
    public ushort LocalPresent;
    public TrapTableAddresses TrapAddresses;
    public TrapTableFlags TrapFlags;

    /// <summary>The port of each virtual IRQ that is bound here, or 0.</summary>
    public VirqPortList VirqPorts;

    public FifoQueues Fifo;

    /// <summary>The chunk of an exchange that it is in the middle of.</summary>
    public HalfExchange Exchange;

    /// <summary>Where <see cref="TrapSelectors"/> begin in the second frame, behind the save area.</summary>
    internal const ulong SelectorsOffset = Mfn.Size - 2 * 256;

    /// <summary>The selector that goes with each of TrapAddresses.</summary>
    public readonly ref TrapTableSelectors TrapSelectors => ref DirectMap.At<TrapTableSelectors>(FloatingPointFrame.Address + SelectorsOffset);

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

/// <summary>The frames of a guest's GDT.</summary>
[InlineArray(14)]
public struct GdtFrameList
{
    private uint element;
}

/// <summary>The frames of a guest's LDT that have been shown so far; which entries count says VirtualCpu.LocalPresent.</summary>
[InlineArray(16)]
public struct LdtFrameList
{
    private uint element;
}

/// <summary>Ports, by virtual IRQ.</summary>
[InlineArray(Limits.Virqs)]
public struct VirqPortList
{
    private uint element;
}

/// <summary>Where each of 256 vectors goes, 0 for nowhere.</summary>
[InlineArray(256)]
public struct TrapTableAddresses
{
    private ulong element;
}

/// <summary>The selector registered with each vector, told back to the toolstack only.</summary>
[InlineArray(256)]
public struct TrapTableSelectors
{
    private ushort element;
}

/// <summary>The TrapInfoFlags of each vector.</summary>
[InlineArray(256)]
public struct TrapTableFlags
{
    private byte element;
}
