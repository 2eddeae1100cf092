using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Interrupts;

using Xunit;

namespace Serai.Hypervisor.Tests.Interrupts;

/// <summary>Interrupts of devices as events of the initial domain: who may have them, and when their lines are masked.</summary>
public sealed class PhysicalInterruptTests
{
    private const int Clock = 8, Serial = 4, Pci = 10, Beyond = 20;

    private readonly InterruptGuest guest;

    public PhysicalInterruptTests()
    {
        TestMachine.Start();
        guest = new InterruptGuest("zero");
    }

    [Fact]
    public void AllLinesAreMaskedAtTheStartButTheConsoles()
    {
        for (uint line = 0; line < IoApic.LineLimit; line++)
            Assert.Equal(line != Serial, IoApic.IsMasked(line));
        Assert.Equal((false, false), IoApic.KindOf(Serial));
    }

    [Fact]
    public void AnEdgeIsAnEventAndEndsAtOnce()
    {
        uint port = guest.Open(Clock);
        for (int count = 0; count < 5; count++)
        {
            Assert.Equal(1, InterruptGuest.Pulse(Clock));
            Assert.False(IoApic.IsMasked(Clock));
            Assert.True(guest.Take(port));
        }
        Assert.False(guest.IsPending(port));
    }

    [Fact]
    public void ALevelIsAnEventAndMaskedUntilItsEnd()
    {
        Assert.Equal(Errno.None, guest.SetUp(Pci, level: true, activeLow: true));
        uint port = guest.Open(Pci);
        Assert.Equal((true, true), IoApic.KindOf(Pci));
        Assert.Equal(1, InterruptGuest.Move(Pci, true));
        Assert.True(IoApic.IsMasked(Pci));
        Assert.True(guest.Take(port));
        Assert.Equal(Errno.None, guest.End(Pci));
        Assert.Equal(1, InterruptGuest.TakeAll());
        Assert.True(guest.Take(port), "a line that is still asserted comes again");
        InterruptGuest.Move(Pci, false);
        Assert.Equal(Errno.None, guest.End(Pci));
        Assert.False(IoApic.IsMasked(Pci));
        Assert.Equal(0, InterruptGuest.TakeAll());
        Assert.Equal(Errno.None, guest.End(Pci));
        Assert.False(guest.IsPending(port));
    }

    /// <summary>The guest sleeps, or does not care: its device interrupts twice at most.</summary>
    [Fact]
    public void AStormStopsWhereTheGuestDoesNotListen()
    {
        guest.SetUp(Pci, level: true);
        guest.Open(Pci);
        uint port = guest.Open(Clock);
        int count = 0;
        for (int turn = 0; turn < 1000; turn++)
            count += InterruptGuest.Pulse(Clock) + InterruptGuest.Move(Pci, true);
        Assert.Equal(3, count);
        Assert.True(IoApic.IsMasked(Clock) && IoApic.IsMasked(Pci));
        Assert.True(guest.Take(port));
        Assert.Equal(Errno.None, guest.End(Clock));
        Assert.True(guest.Take(port), "an edge may have been lost meanwhile");
        Assert.Equal(1, InterruptGuest.Pulse(Clock));
        Assert.False(IoApic.IsMasked(Clock));
    }

    [Fact]
    public void ThePageSaysWhatMustBeTold()
    {
        guest.SetUp(Pci, level: true);
        guest.Open(Pci);
        guest.Open(Clock);
        Assert.Equal(Errno.None, guest.GivePage());
        Assert.True(guest.MustEnd(Pci));
        Assert.False(guest.MustEnd(Clock));
        InterruptGuest.Pulse(Clock);
        Assert.False(guest.MustEnd(Clock));
        InterruptGuest.Pulse(Clock);
        Assert.True(guest.MustEnd(Clock));
        guest.End(Clock);
        Assert.False(guest.MustEnd(Clock));
        Assert.Equal(Errno.Busy, guest.GivePage(21));
        Assert.Equal(Errno.Inval, new InterruptGuest("other", initial: false).GivePage(TinyGuest.Tables - 1));
    }

    [Fact]
    public void TheFirstFormOfThePageUnmasksThePort()
    {
        uint port = guest.Open(Clock);
        Assert.Equal(Errno.None, guest.GivePage(first: true));
        guest.Tiny.Domain.SharedInfo.Value.EventMask[0] |= 1ul << (int)port;
        Assert.Equal(Errno.None, guest.End(Clock));
        Assert.False(TwoLevelEvents.IsMasked(ref guest.Tiny.Domain, port));
    }

    [Fact]
    public void CloseResetAndDeathMaskTheLine()
    {
        uint port = guest.Open(Clock);
        Assert.Equal(Errno.None, guest.Close(port));
        Assert.True(IoApic.IsMasked(Clock));
        (_, port) = guest.Bind(Clock);
        Assert.False(IoApic.IsMasked(Clock));
        Assert.Equal(Errno.None, guest.Reset());
        Assert.True(IoApic.IsMasked(Clock));
        Assert.Equal(Errno.None, guest.Bind(Clock).Error);
        guest.Die();
        Assert.True(IoApic.IsMasked(Clock));
        var next = new InterruptGuest("next");
        Assert.Equal(Errno.Perm, next.Bind(Clock).Error);
        next.Open(Clock);
        Assert.Equal(1, InterruptGuest.Pulse(Clock));
    }

    /// <summary>An interrupt was sent before its line was masked, and is taken after: nobody is told, and the line goes on later.</summary>
    [Fact]
    public void AnInterruptOnItsWayFindsNobody()
    {
        guest.SetUp(Pci, level: true);
        uint port = guest.Open(Pci);
        IoApic.Move(Pci, true);
        guest.Close(port);
        Assert.Equal(1, InterruptGuest.TakeAll());
        Assert.False(guest.IsPending(port));
        Assert.Equal(Errno.None, guest.Bind(Pci).Error);
        Assert.Equal(1, InterruptGuest.TakeAll());
    }

    [Fact]
    public void UnmappingUnderAPortTakesTheLineAtOnce()
    {
        uint port = guest.Open(Clock);
        Assert.Equal(Errno.None, guest.Unmap(Clock));
        Assert.True(IoApic.IsMasked(Clock));
        Assert.Equal(Errno.Inval, guest.Unmap(Clock));
        Assert.Equal(Errno.Perm, guest.Bind(Clock).Error);
        Assert.Equal(Errno.Busy, guest.Map(Clock).Error);
        Assert.Equal(Errno.Exist, guest.Map(Clock, Clock).Error);
        Assert.Equal(Errno.None, guest.End(Clock));
        Assert.True(IoApic.IsMasked(Clock));
        Assert.Equal(Errno.None, guest.Close(port));
        guest.Open(Clock);
    }

    [Fact]
    public void NumbersAndTheirErrors()
    {
        Assert.Equal((Errno.None, 16), guest.Map(Beyond));
        Assert.Equal((Errno.None, 16), guest.Map(Beyond));
        Assert.Equal(Errno.Exist, guest.Map(Beyond, 17).Error);
        Assert.Equal((Errno.None, 16), guest.Map(Clock, 16));
        Assert.Equal(Errno.Perm, guest.Map(0, 5).Error);
        foreach (int line in (int[])[-1, 24, 255, 256, int.MaxValue, int.MinValue])
            Assert.Equal(Errno.Inval, guest.Map(line, 5).Error);
        Assert.Equal(Errno.Inval, guest.Map(Clock, (int)PhysicalInterrupts.Limit).Error);
        Assert.Equal(Errno.Inval, guest.Map(Clock, 0).Error);
        Assert.Equal(Errno.Inval, guest.Map(Clock, Clock, type: MapPirqType.Unknown).Error);
        Assert.Equal(Errno.NoDev, guest.Map(-1, -1, type: MapPirqType.MsiSegment).Error);
        Assert.Equal(Errno.Srch, guest.Map(Clock, Clock, domain: 77).Error);
        Assert.Equal(Errno.Inval, guest.Unmap(-1));
        Assert.Equal(Errno.Inval, guest.Unmap(Clock));
        Assert.Equal(Errno.Perm, guest.Bind(Clock).Error);
        Assert.Equal(Errno.Inval, guest.Bind(PhysicalInterrupts.Limit).Error);
        Assert.Equal(Errno.Inval, guest.Bind(uint.MaxValue).Error);
        guest.Open(Clock);
        Assert.Equal(Errno.Exist, guest.Bind(Clock).Error);
        guest.Map(Serial, Serial);
        Assert.Equal(Errno.Busy, guest.Bind(Serial).Error);
        Assert.False(IoApic.IsMasked(Serial));
        foreach (uint irq in (uint[])[3, PhysicalInterrupts.Limit, uint.MaxValue])
            Assert.Equal(Errno.Inval, guest.End(irq));
    }

    [Fact]
    public void AKindIsSaidOnceAndNotWhileInUse()
    {
        Assert.Equal(Errno.None, guest.SetUp(Pci, level: true));
        Assert.Equal(Errno.Exist, guest.SetUp(Pci, level: false));
        Assert.Equal(Errno.Exist, guest.SetUp(Serial, level: true));
        guest.Open(Clock);
        Assert.Equal(Errno.Exist, guest.SetUp(Clock, level: true));
        Assert.Equal((false, false), IoApic.KindOf(Clock));
        foreach (int line in (int[])[-1, 24, int.MaxValue, int.MinValue])
            Assert.Equal(Errno.Inval, guest.SetUp(line, level: true));
    }

    [Fact]
    public void FreeNumbersAreEachToldOnce()
    {
        (Errno error, PhysdevGetFreePirq free) = guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq { Type = MapPirqType.Gsi });
        Assert.Equal((Errno.None, 16u), (error, free.Pirq));
        Assert.Equal((Errno.None, 17), guest.Map(Beyond));
        uint expected = PhysicalInterrupts.Limit;
        while (guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq()) is { Error: Errno.None } next)
            Assert.Equal(--expected, next.Record.Pirq);
        Assert.Equal(IoApic.LineLimit, expected);
        Assert.Equal(Errno.NoSpc, guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq()).Error);
    }

    [Fact]
    public void WithoutLinesThereAreNumbersButForZero()
    {
        IoApic.IsAbsent = true;
        for (uint expected = PhysicalInterrupts.Limit - 1; expected != 0; expected--)
            Assert.Equal(expected, guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq()).Record.Pirq);
        Assert.Equal(Errno.NoSpc, guest.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq()).Error);
        Assert.Equal(Errno.Inval, guest.Map(Clock).Error);
    }

    [Fact]
    public void TheControllerCanBeReadAndWrittenOnlyInKind()
    {
        const ulong place = 0xfec0_0000;
        PhysdevApic access = new() { ApicPhysicalBase = place, Register = 1 };
        Assert.Equal(0x17_0020u, guest.Ask(PhysdevCommand.ApicRead, access).Record.Value);
        access.Register = 0x10 + 2 * 24;
        Assert.Equal(Errno.Inval, guest.Ask(PhysdevCommand.ApicRead, access).Error);
        access.ApicPhysicalBase++;
        Assert.Equal(Errno.Inval, guest.Ask(PhysdevCommand.ApicWrite, access).Error);
        access = new() { ApicPhysicalBase = place, Register = 0x10 + 2 * Pci, Value = 0xa0ff };
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.ApicWrite, access).Error);
        Assert.True(IoApic.IsMasked(Pci));
        guest.Open(Pci);
        Assert.Equal((true, true), IoApic.KindOf(Pci));
        Assert.Equal(77u, guest.Ask(PhysdevCommand.AllocIrqVector, new PhysdevIrq { Irq = 77 }).Record.Vector);
        Assert.Equal(IrqStatusFlags.NeedsEoi, guest.Ask(PhysdevCommand.IrqStatusQuery, new PhysdevIrqStatusQuery { Irq = Pci }).Record.Flags);
    }

    [Fact]
    public void WithoutHardwareNothingIsToBeHad()
    {
        guest.Open(Clock);
        var other = new InterruptGuest("other", initial: false);
        Assert.Equal(Errno.Perm, other.Map(Pci, Pci).Error);
        Assert.Equal(Errno.Perm, other.Unmap(Clock));
        Assert.Equal(Errno.Perm, other.SetUp(Pci, level: true));
        Assert.Equal(Errno.Perm, other.Bind(Clock).Error);
        Assert.Equal(Errno.Inval, other.End(Clock));
        Assert.Equal(Errno.Perm, other.Ask(PhysdevCommand.GetFreePirq, new PhysdevGetFreePirq()).Error);
        Assert.Equal(Errno.Perm, other.Ask(PhysdevCommand.AllocIrqVector, new PhysdevIrq()).Error);
        Assert.Equal(Errno.Perm, other.Ask(PhysdevCommand.ApicRead, new PhysdevApic { ApicPhysicalBase = 0xfec0_0000 }).Error);
        Assert.Equal(Errno.Perm, other.Ask(PhysdevCommand.ApicWrite, new PhysdevApic { ApicPhysicalBase = 0xfec0_0000 }).Error);
        Assert.Equal(Errno.None, other.GivePage());
        other.Die();
        Assert.Equal(1, InterruptGuest.Pulse(Clock));
    }
}
