using System;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Interrupts;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Pci;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Devices;

/// <summary>Message-signalled interrupts: who writes them, where they go, and when they are kept back.</summary>
public sealed partial class MessageTests
{
    private const uint Plain = 0x18, Masking = 0x20, Tabled = 0x28, Both = 0x130;
    private const ulong Memory = 0xc000_0000, High = 0x10_4000_0000;
    private static readonly ulong code = TinyGuest.AddressOf(20);

    private readonly PciModel pci;
    private readonly InterruptGuest guest;
    private readonly PciModelFunction plain, masking, tabled;

    public MessageTests()
    {
        TestMachine.Start(load: FirmwareTables.Processors(2));
        Processors.All[1].Value.ApicIdentifier = 1;
        pci = new PciModel();
        plain = pci.Plug(Plain, new(0, msi: true));
        masking = pci.Plug(Masking, new(0, msi: true, wide: true, masks: true));
        tabled = pci.Plug(Tabled, new(High, entries: 300));
        pci.Plug(Both, new(Memory, msi: true, entries: 2));
        guest = new InterruptGuest("zero");
        guest.Tiny.Vcpu.Ports.PrivilegeLevel = 1;
    }

    private (Errno Error, int Irq) Map(uint function, bool byTable = false, int entry = 0, int irq = -1, MapPirqType type = MapPirqType.MsiSegment,
        ushort segment = 0)
    {
        (Errno error, PhysdevMapPirq map) = guest.Ask(PhysdevCommand.MapPirq, new PhysdevMapPirq
        {
            Domain = DomainIds.Self, Type = type, Index = -1, Pirq = irq, Bus = (int)(function >> 8) | segment << 16,
            Devfn = (int)(function & 0xff), EntryNumber = entry, TableBase = byTable ? Memory : 0,
        });
        return (error, map.Pirq);
    }

    /// <summary>A message mapped and bound, and its function told to send.</summary>
    private (uint Irq, uint Port) Open(uint function, bool byTable = false, int entry = 0)
    {
        (Errno error, int irq) = Map(function, byTable, entry);
        Assert.Equal(Errno.None, error);
        (error, uint port) = guest.Bind((uint)irq);
        Assert.Equal(Errno.None, error);
        Configure(function, byTable ? 0x72u : 0x52u, 2, byTable ? 0x8000u : 1u);
        return ((uint)irq, port);
    }

    private void Out(byte instruction, ushort port, uint value)
    {
        ref var vcpu = ref guest.Tiny.Vcpu;
        TinyGuest.Store(code, (ushort)0x9090);
        TinyGuest.Store(code, instruction);
        (vcpu.Registers.Rip, vcpu.Registers.Rdx, vcpu.Registers.Rax) = (code, port, value);
        WayIn.Exception(ref vcpu, Exceptions.GeneralProtection, 0);
        Assert.Equal(code + 1, vcpu.Registers.Rip);
    }

    /// <summary>The domain writes a register by the ports, two bytes or four.</summary>
    private void Configure(uint function, uint register, int size, uint value)
    {
        Out(0xef, 0xcf8, 1u << 31 | function << 8 | (register & 0xfc));
        if (size == 4)
        {
            Out(0xef, 0xcfc, value);
            return;
        }
        for (uint index = 0; index < size; index++)
            Out(0xee, (ushort)(0xcfc + (register & 3) + index), value >> (int)(8 * index) & 0xff);
    }

    [Theory]
    [InlineData(Plain, false)]
    [InlineData(Masking, false)]
    [InlineData(Tabled, true)]
    public void AMessageIsAnEvent(uint address, bool byTable)
    {
        PciModelFunction function = address == Plain ? plain : address == Masking ? masking : tabled;
        (uint irq, uint port) = Open(address, byTable, byTable ? 299 : 0);
        for (int count = 0; count < 5; count++)
        {
            Assert.True(pci.Send(function, byTable ? 299u : 0));
            Assert.Single(pci.TakeAll());
            Assert.True(guest.Take(port));
        }
        Assert.False(guest.IsPending(port));
        Assert.Equal(Errno.None, guest.Close(port));
        Assert.False(pci.Send(function, byTable ? 299u : 0), "a message without a port is masked");
        Assert.Equal(Errno.None, guest.Unmap((int)irq));
        Assert.False(byTable ? function.IsTableOn : function.IsMsiOn);
    }

    /// <summary>The guest sleeps, or does not care: each source interrupts a few times, whether it can be masked or not.</summary>
    [Theory]
    [InlineData(Plain, false)]
    [InlineData(Masking, false)]
    [InlineData(Tabled, true)]
    public void AStormStopsWhereTheGuestDoesNotListen(uint address, bool byTable)
    {
        PciModelFunction function = address == Plain ? plain : address == Masking ? masking : tabled;
        (uint irq, uint port) = Open(address, byTable);
        Assert.Equal(Errno.None, guest.GivePage());
        int count = 0;
        for (int turn = 0; turn < 1000; turn++)
        {
            pci.Send(function);
            count += pci.TakeAll().Count;
        }
        Assert.Equal(9, count);
        Assert.True(guest.MustEnd(irq));
        Configure(address, byTable ? 0x72u : 0x52u, 2, byTable ? 0x8000u : 1u);
        Assert.False(pci.Send(function), "the domain cannot open what is awaited");
        Assert.True(guest.Take(port));
        Assert.Equal(Errno.None, guest.End(irq));
        Assert.False(guest.MustEnd(irq));
        Assert.True(guest.Take(port), "a message may have been lost meanwhile");
        Assert.True(pci.Send(function));
        Assert.Single(pci.TakeAll());
        Assert.True(guest.Take(port));
    }

    /// <summary>What the domain writes itself of address, data and masks is forgotten, and nothing is sent before it is mapped.</summary>
    [Theory]
    [InlineData(Plain, 0)]
    [InlineData(Masking, 4)]
    public void OnlyTheHypervisorWritesMessages(uint address, int more)
    {
        PciModelFunction function = address == Plain ? plain : masking;
        Configure(address, 0x54, 4, 0x1000);
        Configure(address, 0x58 + (uint)more, 2, 0xf0);
        Configure(address, 0x52, 2, 0x71);
        Assert.False(function.IsMsiOn);
        Assert.Equal((0u, 0u), (function.MsiWord(4), function.MsiWord(8 + more) & 0xffff));
        (_, uint port) = Open(address);
        (uint Place, uint Data) = (function.MsiWord(4), function.MsiWord(8 + more) & 0xffff);
        Assert.Equal(0xfee0_0000u, Place & ~0xf_f000u);
        for (uint register = 0x54; register < 0x60; register += 4)
            Configure(address, register, 4, 0xf0);
        Configure(address, 0x55, 1, 0xee);
        Configure(address, 0x52, 2, 0x71);
        Assert.Equal((Place, Data), (function.MsiWord(4), function.MsiWord(8 + more) & 0xffff));
        Assert.Equal(0u, function.MsiWord(0) >> 20 & 7);
        Assert.True(pci.Send(function));
        pci.TakeAll();
        Assert.True(guest.Take(port));
        Configure(address, 0x52, 2, 0);
        Assert.False(pci.Send(function));
        Configure(address, 0x40, 4, 0x1234_5678);
        Assert.Equal(0x78, function.Bytes[0x40]);
    }

    [Fact]
    public void ATableIsEnabledWithAllMaskedOrMapped()
    {
        Configure(Tabled, 0x72, 2, 0x8000);
        Assert.False(tabled.IsTableOn);
        Configure(Tabled, 0x72, 2, 0xc000);
        Assert.True(tabled.IsTableOn);
        tabled.Memory(0x2000 + 5 * 16 + 12) = 0;
        Open(Tabled, byTable: true, entry: 7);
        Assert.True(pci.Send(tabled, 7));
        Assert.False(pci.Send(tabled, 5), "what somebody before left in a table interrupts nobody");
    }

    [Fact]
    public void MessagesHaveTheirErrors()
    {
        Assert.Equal(Errno.NoDev, Map(0x99).Error);
        Assert.Equal(Errno.NoDev, Map(Tabled).Error);
        Assert.Equal(Errno.NoDev, Map(Plain, byTable: true).Error);
        Assert.Equal(Errno.NoDev, Map(Plain, segment: 3).Error);
        Assert.Equal(Errno.Inval, Map(Tabled, byTable: true, entry: 300).Error);
        Assert.Equal(Errno.Inval, Map(Tabled, byTable: true, entry: -1).Error);
        Assert.Equal(Errno.Inval, Map(Tabled, byTable: true, type: MapPirqType.MultiMsi).Error);
        foreach (int odd in (int[])[-1, 256, int.MinValue, int.MaxValue])
        {
            var map = new PhysdevMapPirq { Domain = DomainIds.Self, Type = MapPirqType.Msi, Pirq = -1, Bus = odd, Devfn = odd, EntryNumber = odd };
            Assert.Equal(Errno.Inval, guest.Ask(PhysdevCommand.MapPirq, map).Error);
        }
        Assert.Equal(Errno.Inval, Map(Plain, irq: 0).Error);
        Assert.Equal(Errno.Inval, Map(Plain, irq: 1 << 20).Error);
        (Errno error, int irq) = Map(Plain);
        Assert.Equal(Errno.None, error);
        Assert.Equal(Errno.Exist, Map(Plain).Error);
        Assert.Equal(Errno.Exist, Map(Masking, irq: irq).Error);
        Assert.Equal((Errno.None, irq - 1), Map(Both));
        Assert.Equal(Errno.Busy, Map(Both, byTable: true, entry: 1).Error);
        Assert.Equal(Errno.Busy, guest.Ask(PhysdevCommand.PciDeviceRemove, new PhysdevPciDevice { Bus = 0, Devfn = (byte)Plain }).Error);
        tabled.Bytes[4] = 0;
        Assert.Equal(Errno.NxIo, Map(Tabled, byTable: true).Error);
        Assert.False(pci.Send(plain));
    }

    /// <summary>Several messages are asked for, and the driver is told that it must do with one; the record is left as it was.</summary>
    [Fact]
    public void SeveralMessagesAreRefused()
    {
        foreach ((Errno error, int[] counts) in new (Errno, int[])[]
            { (Errno.Dom, [0, -1, int.MinValue, 33, int.MaxValue]), (Errno.OpNotSupp, [2, 3, 4, 31, 32]) })
        {
            foreach (int count in counts)
            {
                var map = new PhysdevMapPirq { Domain = DomainIds.Self, Type = MapPirqType.MultiMsi, Index = -1, Pirq = -1, Devfn = (int)Plain,
                    EntryNumber = count };
                Assert.Equal((error, map), guest.Ask(PhysdevCommand.MapPirq, map));
                map.Pirq = 50;
                Assert.Equal((error, map), guest.Ask(PhysdevCommand.MapPirq, map));
            }
        }
        Assert.Equal(Errno.NoDev, Map(Plain, entry: 1, segment: 3, type: MapPirqType.MultiMsi).Error);
        (Errno none, int irq) = Map(Plain, entry: 1, type: MapPirqType.MultiMsi);
        Assert.Equal((Errno.None, true), (none, irq > 0));
        Assert.Equal(Errno.Exist, Map(Plain).Error);
        Assert.Equal(Errno.None, guest.Unmap(irq));
    }

    /// <summary>As long as any processor has vectors each message has its own; those of messages that are gone come free.</summary>
    [Fact]
    public void EachMessageHasAVectorOfItsOwn()
    {
        PciModelFunction large = pci.Plug(0x50, new(High + (1 << 20), entries: 400, table: 0));
        int last = 0, count = 0;
        while (Map(0x50, byTable: true, entry: count) is { Error: Errno.None } next)
            (last, count) = (next.Irq, count + 1);
        Assert.Equal(Errno.NoSpc, Map(0x50, byTable: true, entry: count).Error);
        Assert.InRange(count, 300, 399);
        (uint, uint)[] data = [.. Enumerable.Range(0, count).Select(entry => (large.Memory((uint)entry * 16), large.Memory((uint)entry * 16 + 8)))];
        Assert.Equal(count, data.Distinct().Count());
        Assert.All(data, it => Assert.InRange(it.Item2, 0x30u, 0xdfu));
        Assert.Equal(Errno.None, guest.Unmap(last));
        Assert.Equal(Errno.None, Map(Plain).Error);
        Assert.Equal(data[^1].Item2, plain.MsiWord(8) & 0xffff);
    }

    /// <summary>Base address registers that say that the table is in RAM, or where processors are interrupted: nothing is written there.</summary>
    [Theory]
    [InlineData(0x10_0000ul)]
    [InlineData(0xfee0_0000ul - 0x2000)]
    [InlineData(0xfec0_0000ul - 0x2000)]
    [InlineData(0ul)]
    [InlineData(0x8000_0000_0000_0000ul)]
    public void ATableThatIsNoDevicesIsNotWritten(ulong address)
    {
        Configure(Tabled, 0x18, 4, (uint)(address >> 32));
        Configure(Tabled, 0x14, 4, (uint)address);
        Assert.Equal(Errno.NxIo, Map(Tabled, byTable: true).Error);
        Assert.Empty(pci.MemoryWrites);
    }

    [Fact]
    public void ATableIsFoundAgainWhenItMoves()
    {
        (uint irq, _) = Open(Tabled, byTable: true);
        Configure(Tabled, 0x14, 4, 0x5000_0000);
        Configure(Tabled, 0x18, 4, 0x20);
        pci.MemoryWrites.Clear();
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Devfn = (byte)Tabled }).Error);
        Assert.All(pci.MemoryWrites, it => Assert.InRange(it.Place, 0x20_5000_2000ul, 0x20_5000_200ful));
        Assert.True(pci.Send(tabled));
        Assert.Single(pci.TakeAll());
        Assert.Equal(Errno.None, guest.End(irq));
    }

    /// <summary>
    /// Many messages are restored in steps, and others have their turn between them. If the function is reset in such a turn, which takes a write to
    /// its configuration, all are written once more.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RestoringStopsForOthers(bool resetsAgain)
    {
        const int count = 40;
        (_, uint port) = Open(Tabled, byTable: true, entry: count);
        for (int entry = 0; entry < count; entry++)
            Assert.Equal(Errno.None, Map(Tabled, byTable: true, entry).Error);
        ulong[] before = Messages();
        Reset();
        int stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            if (++stops != count / 4 || !resetsAgain)
                return;
            Reset();
            Registers registers = guest.Tiny.Vcpu.Registers;
            Configure(Tabled, 0x40, 4, 0);
            guest.Tiny.Vcpu.Registers = registers;
        };
        Preemption.Budget = 10;
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Devfn = (byte)Tabled }).Error);
        Assert.InRange(stops, count / 4, count * 2);
        Assert.Equal(before, Messages());
        Assert.True(pci.Send(tabled, count));
        Assert.False(pci.Send(tabled));
        pci.TakeAll();
        Assert.True(guest.Take(port));
        TinyGuest.WhileStopped = null;
        Preemption.Budget = 1000;
        Reset();
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsi, new PhysdevRestoreMsi { Devfn = (byte)Tabled }).Error);
        Assert.Equal(before, Messages());

        ulong[] Messages() => [.. Enumerable.Range(0, count + 1).Select(entry => (ulong)tabled.Memory(0x2000 + (uint)entry * 16) << 32
            | tabled.Memory(0x2000 + (uint)entry * 16 + 8) << 8 | tabled.Memory(0x2000 + (uint)entry * 16 + 12))];

        void Reset()
        {
            for (uint place = 0; place < (count + 1) * 16; place += 4)
                tabled.Memory(0x2000 + place) = place % 16 == 12 ? 1u : 0;
        }
    }

    /// <summary>Searches through tables that the domain has made long are not for nothing.</summary>
    [Fact]
    public void SearchesAreCharged()
    {
        Assert.InRange(Spent(() => guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq())), 10_000, 100_000);
        Assert.InRange(Spent(() => guest.Map(5, 5)), 10_000, 100_000);
        var nobody = new PhysdevPciDevice { Bus = 99 };
        long before = Spent(() => guest.Ask(PhysdevCommand.PciDeviceRemove, nobody));
        for (uint function = 0x200; function < 0x400; function++)
        {
            pci.Plug(function, new(0, msi: true));
            var more = new PhysdevPciDeviceAdd { Bus = (byte)(function >> 8), Devfn = (byte)function };
            Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, more).Error);
        }
        Assert.InRange(Spent(() => guest.Ask(PhysdevCommand.PciDeviceRemove, nobody)) - before, 0x200 * (long)Cost.RecordPassed, 10_000);

        static long Spent(Action call)
        {
            call();
            return Preemption.Budget * 1000 - Preemption.Left;
        }
    }

    private long MapFrame(ulong address, bool writable)
        => guest.Tiny.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(22),
            address | PageTableEntry.Present | PageTableEntry.User | (writable ? PageTableEntry.Writable : 0), 0);

    private ulong Mapped => Arena.Words(guest.Tiny.Frames[3])[22];

    /// <summary>From the moment when a function is known its table is mapped to be read only; what is around it is written for the domain.</summary>
    [Fact]
    public void ATableIsNotMappedWritable()
    {
        Assert.Equal(0, MapFrame(High + 0x2000, writable: true));
        Assert.NotEqual(0ul, Mapped & PageTableEntry.Writable);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Tabled }).Error);
        foreach (ulong offset in (ulong[])[0x2000, 0x3000])
        {
            Assert.Equal(0, guest.Tiny.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(22), 0, 0));
            Assert.Equal(0, MapFrame(High + offset, writable: true));
            Assert.Equal(0ul, Mapped & PageTableEntry.Writable);
        }
        Assert.Equal(0, MapFrame(High + 0x1000, writable: true));
        Assert.NotEqual(0ul, Mapped & PageTableEntry.Writable);
        Assert.Equal(0, MapFrame(High + 0x3000, writable: true));
        Assert.Equal(0, guest.Tiny.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
        // mov %eax, (%rdi): 300 entries end 0x12c0 bytes behind the table's begin.
        TinyGuest.Store(code, 0x9090_0789u);
        guest.Tiny.Vcpu.Traps.Addresses[14] = TinyGuest.AddressOf(5);
        pci.MemoryWrites.Clear();
        foreach ((ulong offset, bool isDone) in new[] { (0x2bcul, false), (0x2c0ul, true), (0x2c2ul, false) })
        {
            ref var vcpu = ref guest.Tiny.Vcpu;
            ulong place = TinyGuest.AddressOf(22) + offset;
            (vcpu.Registers.Rip, vcpu.Registers.Rdi, vcpu.Registers.Rax) = (code, place, 0x1234);
            PageFault.Handle(ref vcpu, place, 7);
            Assert.Equal(offset % 4 == 0, vcpu.Registers.Rip == code + 2);
            Assert.Equal(isDone ? 1 : 0, pci.MemoryWrites.Count);
            if (isDone)
                Assert.Equal((High + 0x3000 + offset, 0x1234u), pci.MemoryWrites[0]);
            pci.MemoryWrites.Clear();
        }
    }

    /// <summary>Configuration space in memory is written as by the ports.</summary>
    [Fact]
    public void ConfigurationSpaceInMemoryIsWrittenByTheSameRules()
    {
        const ulong place = 0xb000_0000;
        var range = new PhysdevPciMmcfgReserved { Address = place, EndBus = 255, Flags = PciMmcfgFlags.Reserved };
        Assert.Equal(Errno.NoDev, guest.Ask(PhysdevCommand.PciMmcfgReserved, range).Error);
        ConfigurationMemory.Add(place, 0, 0, 255);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciMmcfgReserved, range).Error);
        Assert.Equal(0, MapFrame(place + (Plain << 12), writable: true));
        Assert.Equal(0ul, Mapped & PageTableEntry.Writable);
        Assert.Equal(0, guest.Tiny.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
        TinyGuest.Store(code, 0x9090_0789u);
        foreach ((uint register, uint value) in new[] { (0x40u, 0x77u), (0x54u, 0x1000u), (0x104u, 0x99u) })
        {
            ref var vcpu = ref guest.Tiny.Vcpu;
            ulong at = TinyGuest.AddressOf(22) + register;
            (vcpu.Registers.Rip, vcpu.Registers.Rdi, vcpu.Registers.Rax) = (code, at, value);
            PageFault.Handle(ref vcpu, at, 7);
            Assert.Equal(code + 2, vcpu.Registers.Rip);
        }
        Assert.Equal((0x77, 0u), (plain.Bytes[0x40], plain.MsiWord(4)));
        Assert.Equal([(place + (Plain << 12) + 0x104, 0x99u)], pci.MemoryWrites);
    }

    /// <summary>Where the port's virtual CPU is another processor's, again and again, the message follows it.</summary>
    [Fact]
    public void AMessageFollowsItsVirtualCpu()
    {
        var two = new TinyGuest("two", vcpus: 2);
        two.Domain.Rights.HasHardware = two.Domain.Rights.IsInitial = true;
        guest.Tiny.Domain.Rights.HasHardware = guest.Tiny.Domain.Rights.IsInitial = false;
        two.Domain.Vcpu(1).Processor = Processors.All[1];
        two.Enter();
        (long result, PhysdevMapPirq map) = two.Ask(Hypercall.PhysdevOp, (ulong)PhysdevCommand.MapPirq, new PhysdevMapPirq
            { Domain = DomainIds.Self, Type = MapPirqType.MsiSegment, Pirq = -1, Devfn = (int)Tabled, TableBase = 1 });
        Assert.Equal(0, result);
        (_, EventBindPirq bind) = two.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindPirq, new EventBindPirq { Pirq = (uint)map.Pirq });
        tabled.Bytes[0x73] = 0x80;
        Assert.True(pci.Send(tabled));
        Assert.Equal(0u, pci.TakeAll().Single().Processor);
        two.Domain.Events.At(bind.Port).Vcpu = 1;
        uint[] where = [.. Enumerable.Range(0, 6).Select(_ =>
        {
            Assert.True(pci.Send(tabled));
            Serai.Hypervisor.Events.TwoLevelEvents.Clear(ref two.Domain, bind.Port);
            return pci.TakeAll().Single().Processor;
        })];
        Assert.Equal([0, 0, 0, 0, 1, 1], where);
    }

    [Fact]
    public void TheDomainsEndEndsItsMessages()
    {
        Open(Plain);
        Open(Tabled, byTable: true, entry: 3);
        guest.Die();
        Assert.False(pci.Send(plain) || pci.Send(tabled, 3));
        var next = new InterruptGuest("next");
        (Errno error, PhysdevMapPirq map) = next.Ask(PhysdevCommand.MapPirq,
            new PhysdevMapPirq { Domain = DomainIds.Self, Type = MapPirqType.Msi, Pirq = -1, Devfn = (int)Plain });
        Assert.Equal((Errno.None, true), (error, map.Pirq > 0));
    }

    [Fact]
    public void WithoutHardwareThereAreNoMessages()
    {
        guest.Tiny.Domain.Rights.HasHardware = false;
        Assert.Equal(Errno.Perm, Map(Plain).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.PciDeviceRemove, new PhysdevPciDevice { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.ManagePciAdd, new PhysdevManagePci { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.ManagePciAddExt, new PhysdevManagePciExt { IsVirtualFunction = 2 }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.ManagePciRemove, new PhysdevManagePci { Devfn = (byte)Plain }).Error);
        foreach (PhysdevCommand other in (PhysdevCommand[])[PhysdevCommand.RestoreMsiExt, PhysdevCommand.PrepareMsix, PhysdevCommand.ReleaseMsix])
            Assert.Equal(Errno.Perm, guest.Ask(other, new PhysdevPciDevice { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.DebugPortOp, new PhysdevDebugPortOp()).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.RestoreMsi, new PhysdevRestoreMsi { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.Perm, guest.Ask(PhysdevCommand.PciMmcfgReserved, new PhysdevPciMmcfgReserved()).Error);
    }

    /// <summary>A list of capabilities that leads in a circle, and one behind the space, end.</summary>
    [Fact]
    public void ALoopOfCapabilitiesEnds()
    {
        PciModelFunction odd = pci.Plug(0x40, new(Memory));
        (odd.Bytes[0x34], odd.Bytes[0x40], odd.Bytes[0x41]) = (0x40, 9, 0x40);
        Assert.Equal(Errno.NoDev, Map(0x40).Error);
        (odd.Bytes[0x41], odd.Bytes[0xf8], odd.Bytes[0xfa]) = (0xf8, 5, 0x80);
        Assert.Equal(Errno.NoDev, Map(0x40).Error);
    }
}
