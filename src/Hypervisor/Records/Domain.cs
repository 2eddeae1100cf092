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

/// <summary>Who decides when a domain that has shut down is torn down.</summary>
public enum DomainKeeper : byte
{
    /// <summary>The hypervisor, at once: a domain made from a boot module has nobody else.</summary>
    Hypervisor,

    /// <summary>Who made it, by asking for its end: until then it stays as it is, to be looked at or saved.</summary>
    Maker,
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

    public DomainMemory Memory;

    public GrantTable Grants;

    /// <summary>Its share of the processors.</summary>
    public DomainShare Share;

    public Mfn SharedInfoFrame;
    public Link<SharedInfo> SharedInfo;

    public EventTable Events;
    public DomainInterrupts Interrupts;
    public DomainPorts Ports;
    public DomainConsole Console;
    public DomainStore Store;
    public DomainWatchdogs Watchdogs;

    /// <summary>Bit mask of VmAssistType.</summary>
    public ulong VmAssist;

    public DomainOrigin Origin;
    public DomainTeardown Teardown;

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

    /// <summary>Frames that hold its records: its own, its VirtualCpus', its events'.</summary>
    public readonly ulong RecordFrames() => 1 + 2 * VcpuCount + Events.FrameCount + Grants.HeldFrames;

    /// <summary>All frames that the hypervisor spends on it: records, and what it shares with it.</summary>
    public readonly ulong StateFrames() => RecordFrames() + Memory.SharedPages;

    /// <summary>A VirtualCpu that exists.</summary>
    public readonly ref VirtualCpu Vcpu(uint number) => ref Vcpus[unchecked((int)number)].As<VirtualCpu>().Value;

    /// <summary>Whether others may name it in a call: it is built, and not being torn down.</summary>
    public readonly bool IsThere => Stage is DomainStage.Alive or DomainStage.ShutDown;

    /// <summary>Its name, 1 to 31 bytes of ASCII.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> NameText => ((ReadOnlySpan<byte>)Name)[..NameLength];

    /// <summary>Whether a VM_ASSIST type is on.</summary>
    public readonly bool Assists(VmAssistType type) => (VmAssist >> (int)type & 1) != 0;
}

/// <summary>Room for a domain's name.</summary>
[System.Runtime.CompilerServices.InlineArray(32)]
public struct DomainName
{
    private byte element;
}
