using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>SCHEDOP_block and SCHEDOP_poll: who sleeps, and what ends the sleep.</summary>
public sealed class PollTests
{
    private readonly TinyGuest guest;
    private readonly uint port;
    private readonly uint other;

    public PollTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
        guest.Info.EventUpcallMask = 1;
        Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out port));
        Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out other));
        ref ulong mask = ref guest.Domain.SharedInfo.Value.EventMask[0];
        mask = ulong.MaxValue;
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out _));
    }

    private long Poll(ulong timeout, params uint[] ports)
    {
        for (int index = 0; index < ports.Length; index++)
            TinyGuest.Store(TinyGuest.AddressOf(12) + (ulong)index * 4, ports[index]);
        var record = new SchedPoll { Ports = TinyGuest.AddressOf(12), PortCount = (uint)ports.Length, Timeout = timeout };
        return guest.Ask(Hypercall.SchedOp, (ulong)SchedCommand.Poll, record).Result;
    }

    private bool Sleeps => (guest.Vcpu.PauseReasons & PauseReasons.Blocked) != 0;

    [Fact]
    public void APolledPortWakesEvenWhenMasked()
    {
        Assert.Equal(0, Poll(0, port));
        Assert.True(Sleeps);
        EventChannels.Raise(ref guest.Domain, other);
        Assert.True(Sleeps);
        EventChannels.Raise(ref guest.Domain, port);
        Assert.False(Sleeps);
    }

    [Fact]
    public void OneThatIsPendingDoesNotSleep()
    {
        EventChannels.Raise(ref guest.Domain, port);
        Assert.Equal(0, Poll(0, other, port));
        Assert.False(Sleeps);
    }

    [Fact]
    public void TheTimeoutWakes()
    {
        ulong due = SystemTime.Now + 5_000;
        Poll(due, port);
        Assert.True(Sleeps);
        TimeSource.Now += 4_000;
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
        Assert.True(Sleeps);
        TimeSource.Now += 1_000;
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
        Assert.False(Sleeps);
        Assert.Equal(0u, Timers.CountOn(0));
    }

    [Fact]
    public void ATimeoutThatHasPassedDoesNotSleep()
    {
        Poll(1, port);
        Assert.False(Sleeps);
    }

    [Fact]
    public void BadPollsAreRefused()
    {
        Assert.Equal(-(long)Errno.Inval, Poll(0, 999));
        var record = new SchedPoll { Ports = 0x1000, PortCount = 1 };
        Assert.Equal(-(long)Errno.Fault, guest.Ask(Hypercall.SchedOp, (ulong)SchedCommand.Poll, record).Result);
        record.PortCount = 129;
        Assert.Equal(-(long)Errno.Inval, guest.Ask(Hypercall.SchedOp, (ulong)SchedCommand.Poll, record).Result);
    }

    [Fact]
    public void ABlockUnmasksAndSleepsUnlessAnEventIsThere()
    {
        Assert.Equal(0, guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Block));
        Assert.Equal((true, 0), (Sleeps, guest.Info.EventUpcallMask));
        guest.Domain.SharedInfo.Value.EventMask[0] = 0;
        EventChannels.Raise(ref guest.Domain, port);
        Assert.False(Sleeps);
        guest.Info.EventUpcallMask = 1;
        guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Block);
        Assert.Equal((false, 0), (Sleeps, guest.Info.EventUpcallMask));
    }
}
