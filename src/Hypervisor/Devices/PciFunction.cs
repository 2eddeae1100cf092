using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Pci;

namespace Serai.Hypervisor.Devices;

/// <summary>What is known of a function that can send messages.</summary>
[Flags]
public enum FunctionState : byte
{
    None = 0,

    /// <summary>Its MSI capability has an address of 64 bits.</summary>
    Wide = 1,

    /// <summary>Its MSI capability has a bit that masks the message.</summary>
    Masks = 2,

    /// <summary>Messages are mapped: by its table, else the one of its MSI capability.</summary>
    ByTable = 4,

    /// <summary>The domain has it send messages by its MSI capability.</summary>
    Enabled = 8,

    /// <summary>
    /// The hypervisor has the function send nothing: its one message cannot be masked, or a mask did not reach its table.
    /// </summary>
    Held = 16,

    /// <summary>It is a virtual function, a part of another.</summary>
    Virtual = 32,
}

/// <summary>
/// Of each memory that a physical function shares out among virtual ones: log2 of the bytes that each gets, 0 where there is none.
/// </summary>
[InlineArray((int)Count)]
public struct PartLengths
{
    /// <summary>Base address registers for virtual functions.</summary>
    public const uint Count = 6;

    private byte element;
}

/// <summary>
/// A PCI function that can interrupt by messages (32 bytes): where its MSI capability is (PCI Local Bus Specification 3.0, 6.8.1), where that of
/// MSI-X (6.8.2) and its table, and how it shares itself out.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct PciFunction
{
    /// <summary>The machine address of the MSI-X table; 0 where there is none, or none that could be written.</summary>
    public ulong Table;

    /// <summary>Where the function is.</summary>
    public PciAddress Address;

    /// <summary>Entries of the MSI-X table, 1 to 2048, and how many messages are mapped.</summary>
    public ushort Entries, Messages;

    /// <summary>
    /// How many sources have been gone through by a restoration that has stopped for others (<see cref="Interrupts.InterruptSources.Restore"/>); 0
    /// while there is none.
    /// </summary>
    public ushort Restored;

    /// <summary>The register where the SR-IOV capability begins, 0 without such.</summary>
    public ushort Sharing;

    /// <summary>A virtual function's physical one, in the same segment group: bus in bits 15 to 8, device and function in 7 to 0.</summary>
    public ushort Physical;

    /// <summary>The registers where the capabilities begin, 0 without such.</summary>
    public byte Msi, MsiX;

    public FunctionState State;

    public PartLengths Lengths;

    /// <summary>Bytes of a table's entry.</summary>
    public const uint EntryBytes = 16;

    /// <summary>Whether a part of its state holds.</summary>
    public readonly bool Is(FunctionState state) => (State & state) != 0;

    /// <summary>Whether it can send messages, or tells where the tables of others lie.</summary>
    public readonly bool IsKept => (Msi | MsiX | Sharing) != 0;
}
