using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>How far a domain's life has come.</summary>
public enum DomainStage : byte
{
    /// <summary>Being built: it has never run.</summary>
    Building,

    /// <summary>Running, or ready to.</summary>
    Alive,

    /// <summary>It has shut down; its memory is still there.</summary>
    ShutDown,

    /// <summary>Its memory is being taken back.</summary>
    Dying,
}

/// <summary>Who decides when a domain that has shut down is taken apart.</summary>
public enum DomainKeeper : byte
{
    /// <summary>The hypervisor, at once: a domain made from a boot module has nobody else.</summary>
    Hypervisor,

    /// <summary>Who made it, by asking for its end: until then it stays as it is, to be looked at or saved.</summary>
    Maker,
}

/// <summary>What a teardown does next.</summary>
public enum TeardownPhase : byte
{
    Events,
    Virtual,
    Pins,
    Mappings,
    Frames,
    WaitingForOthers,

    /// <summary>Nothing is left but its records, and it is not yet time for its next life.</summary>
    HeldBack,
}

/// <summary>A guest: one frame of the hypervisor's memory, with its VirtualCpus and event channels in frames of their own.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Domain
{
    /// <summary>The most VirtualCpus a domain can have.</summary>
    public const int MaximumVcpus = 32;

    public ushort Id;
    public DomainStage Stage;
    public DomainKeeper Keeper;

    /// <summary>Whether its id was another domain's before.</summary>
    public bool HasPredecessor;

    /// <summary>Which domain it is of all that have been, from 1.</summary>
    public uint Birth;

    /// <summary>What it may do beyond its own affairs.</summary>
    public DomainRights Rights;

    /// <summary>Set when the domain asked to shut down; valid from stage ShutDown on.</summary>
    public ShutdownReason ShutdownReason;

    /// <summary>How often it has been stopped (Stops); 0 while it may run.</summary>
    public uint PauseCount;

    public uint VcpuCount;
    public VcpuLinks Vcpus;

    /// <summary>The head of the list of its frames, and how many they are.</summary>
    public uint FirstFrame;
    public ulong PageCount;

    /// <summary>Its tables that are half-way on their way to being nothing.</summary>
    public UnfinishedTables Unfinished;

    /// <summary>The block of frames that it is being given piece by piece.</summary>
    public LargeExtent Extent;

    /// <summary>Frames that calls for it have taken in exchange for some of its own, and that it is yet to be given.</summary>
    public ulong Exchanging;

    /// <summary>Of its frames, how many the hypervisor shares: its shared page, its grant table.</summary>
    public ulong SharedPages;

    public GrantTable Grants;

    /// <summary>Whether an entry of its tables has ever mapped a frame that is not its own; set where the entry is taken (Level1Entries).</summary>
    public bool MapsForeign;

    /// <summary>Its share of the processors.</summary>
    public DomainShare Share;

    /// <summary>The most frames it may have.</summary>
    public ulong MaximumPages;

    public Mfn SharedInfoFrame;
    public Link<SharedInfo> SharedInfo;

    public EventTable Events;

    /// <summary>Its console ring and its xenstore ring, which the hypervisor holds as writable; 0 where there is none.</summary>
    public Mfn ConsoleFrame;
    public Mfn StoreFrame;
    public uint ConsolePort;
    public uint StorePort;
    public StoreRequest StoreRequest;
    public ConsoleLine ConsoleLine;

    /// <summary>Bit mask of VmAssistType.</summary>
    public ulong VmAssist;

    /// <summary>The index of the boot module it was made from, or -1.</summary>
    public int Module;

    /// <summary>Which of the module's copies it is, from 1, or 0 where it has none.</summary>
    public uint Copy;

    /// <summary>How far its teardown has come.</summary>
    public TeardownPhase TeardownPhase;
    public uint TeardownCursor;

    /// <summary>The frame that a walk over its frames looks at next; one that leaves the list meanwhile is passed (FrameList.Remove).</summary>
    public uint WalkCursor;

    /// <summary>When that began, and when its life did.</summary>
    public ulong DyingSince, LivingSince;

    /// <summary>How often it had rebooted soon after its start when it was made, and until when its next life is held back (RebootLimit).</summary>
    public uint QuickReboots;
    public ulong HeldUntil;

    /// <summary>The next of those that are being taken apart.</summary>
    public Link<Domain> NextDying;

    /// <summary>Its page of bits that say which physical IRQs' service it must tell; 0 where there is none.</summary>
    public Mfn EndFrame;

    /// <summary>Its PHYSDEVOP_eoi takes the mask off the port too.</summary>
    public bool EndUnmasks;

    /// <summary>What it has written to the address port of PCI configuration, and to the index port of the battery clock.</summary>
    public uint PciAddress;
    public byte ClockIndex;

    /// <summary>Of the domains in DomainTable whose names share a bucket, the next one's id plus one, or 0.</summary>
    public ushort NextInBucket;

    public DomainName Name;
    public byte NameLength;

    /// <summary>The links of its VirtualCpus.</summary>
    [InlineArray(MaximumVcpus)]
    public struct VcpuLinks
    {
        private UntypedLink element;
    }

    /// <summary>The frames it knows of as its own: all but those it shares with the hypervisor.</summary>
    public readonly ulong GuestPages => PageCount - SharedPages;

    /// <summary>What counts against its limit: the frames it knows of, and those that are on their way to it.</summary>
    public readonly ulong CountedPages => GuestPages + Extent.Left + Exchanging;

    /// <summary>Frames that hold its records: its own, its VirtualCpus', its events'.</summary>
    public readonly ulong RecordFrames() => 1 + 2 * VcpuCount + Events.FrameCount + Grants.HeldFrames;

    /// <summary>All frames that the hypervisor spends on it: records, and what it shares with it.</summary>
    public readonly ulong StateFrames() => RecordFrames() + SharedPages;

    /// <summary>A VirtualCpu that exists.</summary>
    public readonly ref VirtualCpu Vcpu(uint number) => ref Vcpus[unchecked((int)number)].As<VirtualCpu>().Value;

    /// <summary>Whether others may name it in a call: it is built, and not being taken apart.</summary>
    public readonly bool IsThere => Stage is DomainStage.Alive or DomainStage.ShutDown;

    /// <summary>Its name, 1 to 31 bytes of ASCII.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> NameText => Name.AsReadOnlySpan()[..NameLength];

    /// <summary>Whether a VM_ASSIST type is on.</summary>
    public readonly bool Assists(VmAssistType type) => (VmAssist >> (int)type & 1) != 0;
}

/// <summary>Room for a domain's name.</summary>
public struct DomainName
{
    private Storage storage;

    /// <summary>All 32 bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All 32 bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(32)]
    private struct Storage
    {
        private byte element;
    }
}
