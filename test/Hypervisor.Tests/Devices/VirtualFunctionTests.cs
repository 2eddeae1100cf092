using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Interrupts;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Pci;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Devices;

/// <summary>Tables of SR-IOV's virtual functions: they lie where the physical function's capability tells, and are guarded like others.</summary>
public sealed class VirtualFunctionTests
{
    private const uint Whole = 0x110, First = 0x113, Stride = 2, Count = 4;
    private const ulong Memory = 0xc000_0000, Shared = 0x20_0000_0000, Part = 1 << PciModelFunction.LengthOfPart;
    private const uint Control = PciModelFunction.Sharing + 8, Number = PciModelFunction.Sharing + 0x10, Base = PciModelFunction.Sharing + 0x28;

    private readonly PciModel pci;
    private readonly InterruptGuest guest;
    private readonly PciModelFunction whole;
    private readonly PciModelFunction[] parts;

    public VirtualFunctionTests()
    {
        TestMachine.Start(load: FirmwareTables.Processors(1));
        ConfigurationMemory.Add(PciModel.Configuration, 0, 0, 255);
        pci = new PciModel();
        whole = pci.Plug(Whole, new PciModelFunction(Memory, entries: 2).Share(Shared, 3, (ushort)Stride));
        parts = [.. Enumerable.Range(0, (int)Count).Select(part
            => pci.Plug(First + (uint)part * Stride, new PciModelFunction(0, entries: 3).BePartOf(whole, (uint)part)))];
        guest = new InterruptGuest("zero");
    }

    private static void Write(uint register, int size, uint value) => ConfigurationWrites.Write(new(Whole), register, size, value);

    /// <summary>As Linux does it: the physical function is told of, divided, and then its parts are told of.</summary>
    private void Divide(uint count = Count)
    {
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, Named(Whole)).Error);
        Write(Number, 2, count);
        Write(Control, 2, 9);
    }

    private static PhysdevPciDeviceAdd Named(uint function) => new() { Bus = (byte)(function >> 8), Devfn = (byte)function };

    private Errno Add(uint part, uint of = Whole)
    {
        PhysdevPciDeviceAdd device = Named(First + part * Stride);
        (device.Flags, device.PhysicalBus, device.PhysicalDevfn) = (PciDeviceFlags.VirtualFunction, (byte)(of >> 8), (byte)of);
        return guest.Ask(PhysdevCommand.PciDeviceAdd, device).Error;
    }

    private (Errno Error, int Irq) Map(uint part, int entry = 0) => MapOf(First + part * Stride, entry);

    private (Errno Error, int Irq) MapOf(uint function, int entry = 0)
    {
        (Errno error, PhysdevMapPirq map) = guest.Ask(PhysdevCommand.MapPirq, new PhysdevMapPirq { Domain = DomainIds.Self,
            Type = MapPirqType.MsiSegment, Pirq = -1, Bus = (int)(function >> 8), Devfn = (int)(function & 0xff), EntryNumber = entry,
            TableBase = 1 });
        return (error, map.Pirq);
    }

    private bool IsWritable(ulong address)
    {
        Assert.Equal(0, guest.Tiny.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(22), 0, 0));
        Assert.Equal(0, guest.Tiny.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(22),
            address | PageTableEntry.Present | PageTableEntry.User | PageTableEntry.Writable, 0));
        return (Arena.Words(guest.Tiny.Frames[3])[22] & PageTableEntry.Writable) != 0;
    }

    /// <summary>In what is no function of PCI Express there is no space above 256: nothing is read there, and nobody believed.</summary>
    [Fact]
    public void OnlyAFunctionOfPciExpressIsAskedForTheCapability()
    {
        whole.Bytes[PciModelFunction.Express] = 9;
        Divide();
        Assert.Equal(Errno.None, Add(0));
        Assert.NotEqual(Errno.None, Map(0).Error);
    }

    [Theory]
    [InlineData(16, 0, 3, true)]
    [InlineData(16, 4, 4, false)]
    [InlineData(16, 5, 255, true)]
    [InlineData(16, 0, 255, false)]
    [InlineData(32, 0, 255, true)]
    public void ConfigurationSpaceIsNotInRam(ulong mebibytes, uint first, uint last, bool isNoted)
    {
        const ulong mebibyte = 1 << 20;
        ulong place = mebibyte * mebibytes;
        Serai.Machine.Firmware.BootInformation.Reset(new E820Entry { Address = mebibyte * 20, Size = mebibyte / 2, Type = E820Type.Ram });
        ConfigurationMemory.Add(place, 7, first, last);
        Assert.Equal(isNoted, ConfigurationMemory.Has(place, 7, first, last));
    }

    [Fact]
    public void AMessageOfAVirtualFunctionIsAnEvent()
    {
        Divide();
        Assert.True(IsWritable(Shared + 2 * Part + 0x2000));
        Assert.Equal(Errno.None, Add(2));
        Assert.False(IsWritable(Shared + 2 * Part + 0x2000));
        Assert.True(IsWritable(Shared + 2 * Part + 0x1000));
        Assert.True(IsWritable(Shared + 1 * Part + 0x2000));
        (Errno error, int irq) = Map(2, 1);
        Assert.Equal(Errno.None, error);
        (_, uint port) = guest.Bind((uint)irq);
        ConfigurationWrites.Write(new(First + 2 * Stride), 0x72, 2, 0x8000);
        Assert.True(pci.Send(parts[2], 1));
        Assert.Single(pci.TakeAll());
        Assert.True(guest.Take(port));
        Assert.Equal(Errno.None, guest.Close(port));
        Assert.Equal(Errno.None, guest.Unmap(irq));
        Assert.False(parts[2].IsTableOn);
    }

    /// <summary>The older call tells of it too.</summary>
    [Fact]
    public void ItIsToldByTheOlderCall()
    {
        Divide();
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.ManagePciAddExt, new PhysdevManagePciExt
            { Bus = 1, Devfn = unchecked((byte)First), IsVirtualFunction = 1, PhysicalBus = 1, PhysicalDevfn = unchecked((byte)Whole) }).Error);
        Assert.Equal(Errno.None, Map(0).Error);
        Assert.False(IsWritable(Shared + 0x2000));
    }

    /// <summary>What the physical function does not tell of, or not in a way that leads anywhere, has no table.</summary>
    [Fact]
    public void WhatIsNotToldHasNoTable()
    {
        Divide(count: 3);
        Assert.Equal(Errno.None, Add(0));
        Assert.Equal(Errno.None, Add(1, of: 0x99));
        Assert.Equal(Errno.None, Add(2, of: First));
        Assert.Equal(Errno.None, Add(3));
        Assert.Equal((Errno.NxIo, Errno.NxIo, Errno.NxIo), (Map(1).Error, Map(2).Error, Map(3).Error));
        pci.Plug(First + 1, new PciModelFunction(0, entries: 3).BePartOf(whole, 0));
        PhysdevPciDeviceAdd odd = Named(First + 1);
        (odd.Flags, odd.PhysicalBus, odd.PhysicalDevfn) = (PciDeviceFlags.VirtualFunction, 1, unchecked((byte)Whole));
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, odd).Error);
        Assert.Equal(Errno.NxIo, MapOf(First + 1).Error);
        Assert.False(IsWritable(Shared + 0x2000));
        Assert.True(IsWritable(Shared + Part + 0x2000));
        foreach ((uint control, uint count, Errno error) in new[] { (9u, 0u, Errno.NxIo), (1u, 3u, Errno.NxIo), (8u, 3u, Errno.NxIo),
            (0u, 3u, Errno.NxIo), (9u, 3u, Errno.None) })
        {
            Write(Number, 2, count);
            Write(Control, 2, control);
            Assert.Equal(error == Errno.NxIo, IsWritable(Shared + 0x2000));
            Assert.Equal(error, Map(0).Error);
        }
    }

    /// <summary>A function of its own is one, whatever is said of it.</summary>
    [Fact]
    public void AnOrdinaryFunctionIsNotAPartOfAnother()
    {
        PciModelFunction own = pci.Plug(First, new(Memory + 0x10_0000, entries: 3));
        Divide();
        Assert.Equal(Errno.None, Add(0));
        Assert.False(IsWritable(Memory + 0x10_2000));
        Assert.True(IsWritable(Shared + 0x2000));
        Assert.Equal(Errno.None, Map(0).Error);
        Assert.NotEqual(0u, own.Memory(0x2000));
    }

    /// <summary>The memory of the parts is moved, and is measured again where their pages become others.</summary>
    [Fact]
    public void TablesAreFoundAgain()
    {
        Divide();
        Assert.Equal(Errno.None, Add(1));
        (Errno error, _) = Map(1);
        Assert.Equal(Errno.None, error);
        Write(Base, 4, 0x4000_0004);
        Assert.True(IsWritable(Shared + Part + 0x2000));
        Assert.False(IsWritable(Shared + 0x4000_0000 + Part + 0x2000));
        pci.MemoryWrites.Clear();
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Bus = 1, Devfn = unchecked((byte)(First + Stride)) })
            .Error);
        Assert.All(pci.MemoryWrites.Where(it => it.Place > uint.MaxValue),
            it => Assert.InRange(it.Place, Shared + 0x4000_0000 + Part + 0x2000, Shared + 0x4000_0000 + Part + 0x200f));
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, Named(Whole)).Error);
        Write(Number, 2, Count);
        Assert.False(IsWritable(Shared + 0x4000_0000 + Part + 0x2000));
        Write(Control, 2, 0);
        whole.Double();
        Write(PciModelFunction.Sharing + 0x20, 4, 1);
        Write(Control, 2, 9);
        Assert.True(IsWritable(Shared + 0x4000_0000 + Part + 0x2000));
        Assert.False(IsWritable(Shared + 0x4000_0000 + 2 * Part + 0x2000));
    }

    /// <summary>Nothing can be measured of a function that is divided already when it is met: its parts have no tables.</summary>
    [Fact]
    public void WhatWasDividedBeforeHasNoTables()
    {
        whole.Bytes[Number] = (byte)Count;
        whole.Bytes[Control] = 9;
        Assert.Equal(Errno.None, Add(0));
        Assert.Equal(Errno.NxIo, Map(0).Error);
        Assert.Equal(unchecked((uint)Shared) | 4, whole.Read(Base));
    }

    /// <summary>A table that is moved while it is being restored is restored whole where it is then.</summary>
    [Fact]
    public void ATableThatMovesWhileItIsRestoredIsRestoredAnew()
    {
        const ulong moved = Shared + 0x4000_0000;
        Divide();
        Assert.Equal(Errno.None, Add(0));
        for (int entry = 0; entry < 3; entry++)
            Assert.Equal(Errno.None, Map(0, entry).Error);
        int stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            if (++stops == 1)
                Write(Base, 4, unchecked((uint)moved) | 4);
        };
        Preemption.Budget = 10;
        pci.MemoryWrites.Clear();
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Bus = 1, Devfn = unchecked((byte)First) }).Error);
        TinyGuest.WhileStopped = null;
        Assert.InRange(stops, 1, 100);
        foreach (ulong entry in (ulong[])[0, 1, 2])
            Assert.Contains(pci.MemoryWrites, it => it.Place == moved + 0x2000 + entry * 16 && (it.Value & 0xfff0_0000) == 0xfee0_0000);
    }

    /// <summary>A list of extended capabilities that leads in a circle ends.</summary>
    [Fact]
    public void ALoopOfExtendedCapabilitiesEnds()
    {
        (whole.Bytes[0x102], whole.Bytes[0x103]) = (1, 0x10);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, Named(Whole)).Error);
        Assert.Equal(Errno.NoDev, guest.Ask(PhysdevCommand.PciDeviceRemove, Named(0x99)).Error);
    }

    [Fact]
    public void WithoutHardwareNothingIsTold()
    {
        guest.Tiny.Domain.Rights.HasHardware = false;
        Assert.Equal(Errno.Perm, Add(0));
    }
}
