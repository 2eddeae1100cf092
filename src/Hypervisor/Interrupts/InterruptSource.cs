using System;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>What is known of a source.</summary>
[Flags]
public enum SourceState : byte
{
    None = 0,

    /// <summary>It is of the level kind: asserted until its device is served. Else an edge is one interrupt; messages are edges.</summary>
    Level = 1,

    /// <summary>It is asserted low.</summary>
    ActiveLow = 2,

    /// <summary>A domain has said of which kind it is; that is done once.</summary>
    SetUp = 4,

    /// <summary>The hypervisor's own.</summary>
    Hypervisors = 8,

    /// <summary>A port is bound to it.</summary>
    Bound = 16,

    /// <summary>Masked until the guest says that it has served the device.</summary>
    Awaited = 32,

    /// <summary>A message: an entry of a function's table.</summary>
    Taken = 64,
}

/// <summary>A source of interrupts: a line of an I/O APIC, or a message of a PCI function (32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InterruptSource
{
    /// <summary>Bound: the domain that is told.</summary>
    public Link<Domain> Domain;

    /// <summary>Bound: the port that is raised.</summary>
    public uint Port;

    /// <summary>Interrupts taken while it was bound.</summary>
    public uint Count;

    /// <summary>Bound: what its domain calls it.</summary>
    public ushort Irq;

    /// <summary>A message: the number of its function (<see cref="Devices.PciFunctions"/>), and which of the function's it is.</summary>
    public ushort Function, Entry;

    /// <summary>The processor that it interrupts, where it has a vector.</summary>
    public byte Processor;

    /// <summary>The vector at which it arrives there, 0 while it has none.</summary>
    public byte Vector;

    /// <summary>In a row: edges that found the event of the one before still waiting.</summary>
    public byte Unheard;

    /// <summary>In a row: interrupts whose virtual CPU was another processor's.</summary>
    public byte Strayed;

    public SourceState State;

    /// <summary>Whether a part of its state holds.</summary>
    public readonly bool Is(SourceState state) => (State & state) != 0;
}
