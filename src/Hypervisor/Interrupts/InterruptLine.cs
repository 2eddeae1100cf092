using System;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>What is known of a line.</summary>
[Flags]
public enum LineState : byte
{
    None = 0,

    /// <summary>It is of the level kind: asserted until its device is served. Else an edge is one interrupt.</summary>
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
}

/// <summary>A line of an I/O APIC (24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InterruptLine
{
    /// <summary>Bound: the domain that is told.</summary>
    public Link<Domain> Domain;

    /// <summary>Bound: the port that is raised.</summary>
    public uint Port;

    /// <summary>Interrupts taken while it was bound.</summary>
    public uint Count;

    /// <summary>Bound: what its domain calls it.</summary>
    public ushort Irq;

    /// <summary>The vector at which it arrives, 0 while it has none. Once it has one it keeps it: one may still be on its way.</summary>
    public byte Vector;

    public LineState State;

    /// <summary>Whether a part of its state holds.</summary>
    public readonly bool Is(LineState state) => (State & state) != 0;
}
