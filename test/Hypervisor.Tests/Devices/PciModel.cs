using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Devices;

/// <summary>
/// The PCI functions of the simulated machine, behind the two configuration ports: each with an MSI capability, an MSI-X one whose table lies in its
/// memory, or both. A function that sends a message does what the processor would: the interrupt arrives at the vector that its data says.
/// </summary>
internal sealed class PciModel
{
    private readonly Dictionary<uint, PciModelFunction> functions = [];
    private readonly Queue<(uint Identifier, uint Vector)> sent = [];
    private uint latch;

    /// <summary>Where configuration space lies in memory.</summary>
    public const ulong Configuration = 0xb000_0000;

    public PciModel()
    {
        SimulatedProcessor.PortReading = Read;
        SimulatedProcessor.PortWriting = Write;
        DeviceMemory.Reading = place => IsConfiguration(place) ? functions.GetValueOrDefault((uint)(place - Configuration) >> 12)?.Read(place)
            ?? uint.MaxValue : Owner(place) is { } function ? function.Memory((uint)(place - function.Base)) : uint.MaxValue;
        DeviceMemory.Writing = (place, value, size) =>
        {
            MemoryWrites.Add((place, value));
            if (IsConfiguration(place))
            {
                functions.GetValueOrDefault((uint)(place - Configuration) >> 12)?.Write((uint)place & 0xfff, value, size);
                return;
            }
            Assert.Equal(4, size);
            if (Owner(place) is { } function)
                function.Memory((uint)(place - function.Base)) = value;
        };
    }

    private static bool IsConfiguration(ulong place) => place is >= Configuration and < Configuration + (256 << 20);

    /// <summary>All writes to memory of devices.</summary>
    public List<(ulong Place, uint Value)> MemoryWrites { get; } = [];

    /// <summary>Plugs a function in; `address` is its bus, device and function.</summary>
    public PciModelFunction Plug(uint address, PciModelFunction function) => functions[address] = function;

    public void Unplug(uint address) => functions.Remove(address);

    private PciModelFunction? Owner(ulong place)
        => functions.Values.FirstOrDefault(it => it.IsDecoding && place >= it.Base && place < it.Base + PciModelFunction.MemoryBytes);

    private PciModelFunction? Selected => (latch >> 31) != 0 ? functions.GetValueOrDefault(latch >> 8 & 0xffff) : null;

    private byte? Read(ushort port)
    {
        if (port is < 0xcfc or > 0xcff)
            return null;
        return Selected?.Bytes[(int)((latch & 0xfc) + (port - 0xcfcu))] ?? 0xff;
    }

    private void Write(ushort port, uint value, int size)
    {
        if (port == 0xcf8 && size == 4)
            latch = value;
        if (port is >= 0xcfc and <= 0xcff)
            Selected?.Write((latch & 0xfc) + (port - 0xcfcu), value, size);
    }

    /// <summary>A function sends one of its messages, as far as its registers let it; whether it did.</summary>
    public bool Send(PciModelFunction function, uint entry = 0)
    {
        if (!function.TryMessage(entry, out ulong address, out uint data))
            return false;
        Assert.Equal(0xfee0_0000ul, address & ~0xf_f000ul);
        Assert.InRange(data, 0x10u, 0xffu);
        sent.Enqueue(((uint)(address >> 12) & 0xff, data));
        return true;
    }

    /// <summary>The processors take all interrupts that were sent; the vectors, each with its processor.</summary>
    public List<(uint Processor, uint Vector)> TakeAll()
    {
        var taken = new List<(uint, uint)>();
        uint self = SimulatedProcessor.Number;
        while (sent.TryDequeue(out var message))
        {
            uint number = Enumerable.Range(0, (int)Processors.All.Length).Select(it => (uint)it)
                .Single(it => Processors.All[it].Value.ApicIdentifier == message.Identifier);
            taken.Add((number, message.Vector));
            SimulatedProcessor.Number = number;
            InterruptEntry.Handle(message.Vector, ref Processors.All[number].Value);
            SimulatedProcessor.Number = self;
        }
        return taken;
    }
}

/// <summary>A function: its configuration space, of which only some can be written, and 16 KiB of memory.</summary>
internal sealed class PciModelFunction
{
    /// <summary>Bytes of its memory.</summary>
    public const uint MemoryBytes = 4 * 4096;

    private const int Msi = 0x50, MsiX = 0x70;
    private readonly byte[] writable = new byte[4096];
    private readonly uint[] memory = new uint[MemoryBytes / 4];
    private readonly uint table;

    /// <summary>
    /// One with the capabilities that are asked for: MSI with an address of 64 bits and a mask, or without;
    /// MSI-X with so many entries at an offset of its memory.
    /// </summary>
    public PciModelFunction(ulong address, bool msi = false, bool wide = false, bool masks = false, uint entries = 0, uint table = 0x2000)
    {
        Word(0) = 0x1234_8086;
        Bytes[6] = 0x10;
        this.table = table;
        byte next = 0x34;
        if (msi)
            Bytes[next] = Msi;
        if (msi)
        {
            (Bytes[Msi], next) = (5, Msi + 1);
            Bytes[Msi + 2] = (byte)((wide ? 0x80 : 0) | 0x06);
            Bytes[Msi + 3] = (byte)(masks ? 1 : 0);
            Array.Fill(writable, (byte)0xff, Msi + 4, wide ? masks ? 16 : 10 : masks ? 12 : 6);
            writable[Msi + 2] = 0x71;
        }
        if (entries != 0)
        {
            Bytes[next] = MsiX;
            (Bytes[MsiX], Word(MsiX + 4), Word(MsiX + 8)) = (0x11, table | 1, 0x3000 | 1);
            Bytes[MsiX + 2] = (byte)(entries - 1);
            Bytes[MsiX + 3] = (byte)(entries - 1 >> 8);
            writable[MsiX + 3] = 0xc0;
            for (uint entry = 0; entry < entries; entry++)
                Memory(table + entry * 16 + 12) = 1;
        }
        Array.Fill(writable, (byte)0xff, 0x14, 8);
        Array.Fill(writable, (byte)0xff, 0x40, 4);
        (writable[4], writable[0x14]) = (6, 0);
        (Word(0x14), Word(0x18), Bytes[4]) = ((uint)address | 4, (uint)(address >> 32), 2);
    }

    /// <summary>Where the capability of PCI Express is.</summary>
    public const int Express = 0x90;

    /// <summary>Where the SR-IOV capability of a physical function is.</summary>
    public const int Sharing = 0x140;

    /// <summary>log2 of the memory of each virtual function.</summary>
    public const int LengthOfPart = 14;

    /// <summary>
    /// Has it be a physical function: its virtual ones come at an offset from it and have a stride, each with a part of the memory at an address.
    /// </summary>
    public PciModelFunction Share(ulong address, ushort offset, ushort stride)
    {
        int last = 0x34;
        while (Bytes[last] != 0)
            last = Bytes[last] + 1;
        (Bytes[last], Bytes[Express]) = (Express, 0x10);
        (Word(0x100), Word(Sharing)) = (Sharing << 20 | 1, 0x1_0010);
        (Word(Sharing + 0x14), Word(Sharing + 0x24)) = (offset | (uint)stride << 16, 0);
        (Word(Sharing + 0x28), Word(Sharing + 0x2c)) = ((uint)address | 4, (uint)(address >> 32));
        (writable[Sharing + 8], writable[Sharing + 0x10], writable[Sharing + 0x20]) = (9, 0xff, 0xff);
        Array.Fill(writable, (byte)0xff, Sharing + 0x28, 8);
        (writable[Sharing + 0x28], writable[Sharing + 0x29]) = (0, 0xff << (LengthOfPart - 8) & 0xff);
        return this;
    }

    /// <summary>The part of each virtual function is twice as long from now on.</summary>
    public void Double() => writable[Sharing + 0x29] <<= 1;

    /// <summary>Has it be a virtual function.</summary>
    public PciModelFunction BePartOf(PciModelFunction function, uint number)
    {
        (Word(0), Word(0x14), Word(0x18), Bytes[4]) = (uint.MaxValue, 0, 0, 0);
        Array.Clear(writable, 4, 0x20);
        (physical, index) = (function, number);
        return this;
    }

    private PciModelFunction? physical;
    private uint index;

    public byte[] Bytes { get; } = new byte[4096];

    private ref uint Word(int place) => ref System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(Bytes.AsSpan())[place / 4];

    public ref uint Memory(uint offset) => ref memory[offset / 4];

    public ulong Base => physical is { } whole ? whole.BaseAt(Sharing + 0x28) + (index << LengthOfPart) : BaseAt(0x14);

    private ulong BaseAt(int register) => (ulong)Word(register + 4) << 32 | (Word(register) & ~0xfu);

    public bool IsDecoding => physical is { } whole ? (whole.Bytes[Sharing + 8] & 9) == 9 : (Bytes[4] & 2) != 0;

    public uint Read(ulong place) => Word((int)(place & 0xffc));

    public uint MsiWord(int offset) => Word(Msi + offset);

    public bool IsMsiOn => (Bytes[Msi + 2] & 1) != 0;

    public bool IsTableOn => (Bytes[MsiX + 3] & 0x80) != 0;

    public void Write(uint register, uint value, int size)
    {
        for (int index = 0; index < size; index++)
        {
            byte mask = writable[register + index];
            ref byte place = ref Bytes[register + index];
            place = (byte)((place & ~mask) | ((byte)(value >> 8 * index) & mask));
        }
    }

    public bool TryMessage(uint entry, out ulong address, out uint data)
    {
        bool byTable = IsTableOn;
        bool wide = (Bytes[Msi + 2] & 0x80) != 0, masks = (Bytes[Msi + 3] & 1) != 0;
        (address, data) = byTable
            ? (Memory(table + entry * 16) | (ulong)Memory(table + entry * 16 + 4) << 32, Memory(table + entry * 16 + 8))
            : (Word(Msi + 4) | (wide ? (ulong)Word(Msi + 8) << 32 : 0), Word(Msi + (wide ? 12 : 8)) & 0xffff);
        if (byTable)
            return (Bytes[MsiX + 3] & 0x40) == 0 && (Memory(table + entry * 16 + 12) & 1) == 0;
        return IsMsiOn && (!masks || (Word(Msi + (wide ? 16 : 12)) & 1) == 0);
    }
}
