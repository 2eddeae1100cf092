using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>Event channels between two domains and within one, by hypercall.</summary>
public sealed class EventChannelTests
{
    private readonly TinyGuest one;
    private readonly TinyGuest two;

    public EventChannelTests()
    {
        TestMachine.Start();
        one = new TinyGuest("one", vcpus: 2);
        two = new TinyGuest("two");
        foreach (TinyGuest guest in (TinyGuest[])[one, two])
        {
            guest.Info.EventUpcallMask = 1;
            guest.Domain.SharedInfo.Value.EventPending.AsSpan().Clear();
        }
    }

    private static (Errno Error, T Record) Ask<T>(TinyGuest guest, EventChannelCommand command, T record)
        where T : unmanaged
    {
        guest.Enter();
        (long result, T back) = guest.Ask(Hypercall.EventChannelOp, (ulong)command, record);
        return ((Errno)(-result), back);
    }

    private static uint Unbound(TinyGuest guest, ushort remote)
    {
        (Errno error, EventAllocUnbound made) = Ask(guest, EventChannelCommand.AllocUnbound,
            new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = remote });
        Assert.Equal(Errno.None, error);
        return made.Port;
    }

    private static (Errno Error, uint Port) Bind(TinyGuest guest, ushort remote, uint port)
    {
        (Errno error, EventBindInterdomain bound) = Ask(guest, EventChannelCommand.BindInterdomain,
            new EventBindInterdomain { RemoteDomain = remote, RemotePort = port });
        return (error, bound.LocalPort);
    }

    private static Errno Send(TinyGuest guest, uint port) => Ask(guest, EventChannelCommand.Send, new EventSend { Port = port }).Error;

    private static Errno Close(TinyGuest guest, uint port) => Ask(guest, EventChannelCommand.Close, new EventClose { Port = port }).Error;

    private static EventStatus Status(TinyGuest guest, uint port)
        => Ask(guest, EventChannelCommand.Status, new EventStatus { Domain = DomainIds.Self, Port = port }).Record;

    private static bool IsPending(TinyGuest guest, uint port) => EventChannels.IsPending(ref guest.Domain, port);

    private static void Acknowledge(TinyGuest guest)
    {
        guest.Domain.SharedInfo.Value.EventPending.AsSpan().Clear();
        (guest.Info.EventUpcallPending, guest.Info.EventPendingSelector) = (0, 0);
    }

    private (uint AtOne, uint AtTwo) Channel()
    {
        uint far = Unbound(one, two.Id);
        (Errno error, uint near) = Bind(two, one.Id, far);
        Assert.Equal(Errno.None, error);
        Acknowledge(one);
        Acknowledge(two);
        return (far, near);
    }

    [Fact]
    public void TheLowestFreePortIsGiven()
    {
        uint first = Unbound(one, two.Id), second = Unbound(one, two.Id), third = Unbound(one, two.Id);
        Assert.Equal((first + 1, first + 2), (second, third));
        Assert.Equal(Errno.None, Close(one, second));
        Assert.Equal(second, Unbound(one, two.Id));
    }

    [Fact]
    public void AnEventGoesBothWays()
    {
        (uint atOne, uint atTwo) = Channel();
        Assert.Equal(Errno.None, Send(one, atOne));
        Assert.True(IsPending(two, atTwo));
        Assert.False(IsPending(one, atOne));
        Assert.Equal((1, 1ul << (int)(atTwo / 64)), (two.Info.EventUpcallPending, two.Info.EventPendingSelector));
        Assert.Equal(Errno.None, Send(two, atTwo));
        Assert.True(IsPending(one, atOne));
    }

    [Fact]
    public void WhoBindsGetsAnEventAtOnce()
    {
        uint far = Unbound(one, two.Id);
        Assert.True(IsPending(two, Bind(two, one.Id, far).Port));
    }

    [Fact]
    public void OnlyTheDomainThatAnEndIsKeptForMayBind()
    {
        uint port = Unbound(one, one.Id);
        Assert.Equal(Errno.Inval, Bind(two, one.Id, port).Error);
        Assert.Equal(Errno.Inval, Bind(two, one.Id, 4095).Error);
        Assert.Equal(Errno.Inval, Bind(two, one.Id, uint.MaxValue).Error);
        Assert.Equal(Errno.Srch, Bind(two, 99, port).Error);
        Assert.Equal(Errno.Inval, Bind(two, one.Id, one.Domain.Console.Port).Error);
    }

    [Fact]
    public void ADomainCanTalkToItself()
    {
        uint far = Unbound(one, DomainIds.Self);
        (Errno error, uint near) = Bind(one, DomainIds.Self, far);
        Assert.Equal(Errno.None, error);
        Acknowledge(one);
        Assert.Equal(Errno.None, Send(one, near));
        Assert.True(IsPending(one, far));
    }

    [Fact]
    public void AMaskedEventWaitsUntilItIsUnmasked()
    {
        (uint atOne, uint atTwo) = Channel();
        two.Domain.SharedInfo.Value.EventMask[(int)(atTwo / 64)] |= 1ul << (int)(atTwo % 64);
        Send(one, atOne);
        Assert.True(IsPending(two, atTwo));
        Assert.Equal(0, two.Info.EventUpcallPending);
        Assert.Equal(Errno.None, Ask(two, EventChannelCommand.Unmask, new EventUnmask { Port = atTwo }).Error);
        Assert.Equal(1, two.Info.EventUpcallPending);
        Assert.Equal(0ul, two.Domain.SharedInfo.Value.EventMask[(int)(atTwo / 64)] >> (int)(atTwo % 64) & 1);
    }

    [Fact]
    public void WhoIsPendingAlreadyIsNotToldAgain()
    {
        (uint atOne, _) = Channel();
        Send(one, atOne);
        two.Info.EventUpcallPending = 0;
        Send(one, atOne);
        Assert.Equal(0, two.Info.EventUpcallPending);
    }

    [Fact]
    public void AfterOneEndIsClosedTheOtherIsUnbound()
    {
        (uint atOne, uint atTwo) = Channel();
        Assert.Equal(EventChannelState.Interdomain, Status(one, atOne).State);
        Assert.Equal((two.Id, atTwo), (Status(one, atOne).InterdomainDomain, Status(one, atOne).InterdomainPort));
        Assert.Equal(Errno.None, Close(two, atTwo));
        Assert.Equal((EventChannelState.Unbound, two.Id), (Status(one, atOne).State, Status(one, atOne).UnboundDomain));
        Assert.Equal(EventChannelState.Closed, Status(two, atTwo).State);
        Assert.Equal(Errno.None, Send(one, atOne));
        Assert.Equal(Errno.Inval, Send(two, atTwo));
        Assert.Equal(Errno.None, Bind(two, one.Id, atOne).Error);
    }

    [Fact]
    public void ACloseForgetsThePendingEvent()
    {
        (uint atOne, uint atTwo) = Channel();
        Send(one, atOne);
        Close(two, atTwo);
        Assert.False(IsPending(two, atTwo));
    }

    [Fact]
    public void TheDeathOfAPeerLeavesAnUnboundEnd()
    {
        (uint atOne, _) = Channel();
        two.Enter();
        DomainLife.ShutDown(ref two.Domain, ShutdownReason.Crash);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(two.IsAlive);
        Assert.Equal(EventChannelState.Unbound, Status(one, atOne).State);
        Assert.Equal(Errno.None, Send(one, atOne));
    }

    [Fact]
    public void TheConsolesEndCannotBeClosed()
    {
        Assert.Equal(Errno.Inval, Close(one, one.Domain.Console.Port));
        Assert.Equal(Errno.None, Ask(one, EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self }).Error);
        Assert.Equal(EventChannelState.Unbound, Status(one, one.Domain.Console.Port).State);
    }

    [Fact]
    public void AResetClosesAllOthers()
    {
        (uint atOne, uint atTwo) = Channel();
        Ask(one, EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self });
        Assert.Equal(EventChannelState.Closed, Status(one, atOne).State);
        Assert.Equal(EventChannelState.Unbound, Status(two, atTwo).State);
    }

    [Theory]
    [InlineData(Virq.Timer, 0u, Errno.None)]
    [InlineData(Virq.Timer, 1u, Errno.None)]
    [InlineData(Virq.Timer, 2u, Errno.NoEnt)]
    [InlineData(Virq.Console, 1u, Errno.Inval)]
    [InlineData((Virq)24, 0u, Errno.Inval)]
    [InlineData((Virq)uint.MaxValue, 0u, Errno.Inval)]
    public void AVirtualInterruptIsBoundOnce(Virq virq, uint vcpu, Errno expected)
    {
        Assert.Equal(expected, Ask(one, EventChannelCommand.BindVirq, new EventBindVirq { Virq = virq, Vcpu = vcpu }).Error);
        Errno again = expected == Errno.None ? Errno.Exist : expected;
        Assert.Equal(again, Ask(one, EventChannelCommand.BindVirq, new EventBindVirq { Virq = virq, Vcpu = vcpu }).Error);
    }

    [Fact]
    public void AnInterprocessorEventComesToItsVirtualCpu()
    {
        (Errno error, EventBindIpi ipi) = Ask(one, EventChannelCommand.BindIpi, new EventBindIpi { Vcpu = 1 });
        Assert.Equal(Errno.None, error);
        Assert.Equal(Errno.NoEnt, Ask(one, EventChannelCommand.BindIpi, new EventBindIpi { Vcpu = 2 }).Error);
        Assert.Equal(Errno.None, Send(one, ipi.Port));
        Assert.Equal((1, 0), (one.Domain.Vcpu(1).Info.Value.EventUpcallPending, one.Info.EventUpcallPending));
        Assert.Equal((EventChannelState.Ipi, 1u), (Status(one, ipi.Port).State, Status(one, ipi.Port).Vcpu));
        Assert.Equal(Errno.Inval, Ask(one, EventChannelCommand.BindVcpu, new EventBindVcpu { Port = ipi.Port }).Error);
    }

    [Fact]
    public void AnEndMovesToAnotherVirtualCpu()
    {
        (uint atOne, uint atTwo) = Channel();
        Assert.Equal(Errno.None, Ask(one, EventChannelCommand.BindVcpu, new EventBindVcpu { Port = atOne, Vcpu = 1 }).Error);
        Assert.Equal(Errno.NoEnt, Ask(one, EventChannelCommand.BindVcpu, new EventBindVcpu { Port = atOne, Vcpu = 2 }).Error);
        Send(two, atTwo);
        Assert.Equal(1, one.Domain.Vcpu(1).Info.Value.EventUpcallPending);
    }

    [Fact]
    public void AllPortsCanBeUsedAndNoMore()
    {
        uint last = 0;
        for (uint count = 3; count < EventTable.TwoLevelPorts; count++)
            last = Unbound(one, two.Id);
        Assert.Equal(EventTable.TwoLevelPorts - 1, last);
        Assert.Equal(Errno.NoSpc, Ask(one, EventChannelCommand.AllocUnbound,
            new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = two.Id }).Error);
    }

    [Fact]
    public void AnotherDomainsChannelsAreForThePrivileged()
        => Assert.Equal(Errno.Perm, Ask(one, EventChannelCommand.AllocUnbound, new EventAllocUnbound { Domain = two.Id }).Error);

    [Fact]
    public void ARecordThatCannotBeReadIsAFault()
    {
        one.Enter();
        for (ulong command = 0; command <= 13; command++)
            Assert.Equal(-(long)Errno.Fault, one.Call(Hypercall.EventChannelOp, command, 0x1000));
        Assert.Equal(-(long)Errno.NoSys, one.Call(Hypercall.EventChannelOp, 14, 0x1000));
    }

    /// <summary>A record that can be read but not written is a fault, and the port that was opened for it is closed again.</summary>
    [Fact]
    public void ARecordThatCannotBeWrittenLeavesNoPort()
    {
        one.Enter();
        ulong record = TinyGuest.AddressOf(12), entry = TinyGuest.Entry(one.Frames[12], writable: false);
        TinyGuest.Store(record, new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = two.Id });
        Assert.Equal(0, one.Call(Hypercall.UpdateVaMapping, record, entry, (ulong)UpdateVaFlags.TlbFlush));
        uint open = one.Domain.Events.OpenCount;
        Assert.Equal(-(long)Errno.Fault, one.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound, record));
        Assert.Equal(open, one.Domain.Events.OpenCount);
    }
}
