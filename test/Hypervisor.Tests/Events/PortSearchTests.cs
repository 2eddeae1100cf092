using System;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>Searches for a free port that stop and go on while others bind, close and take ports from their queues.</summary>
public sealed class PortSearchTests
{
    private const uint WordPages = 4, Filled = 4096, PortsPerPage = 256;

    private readonly TinyGuest one;
    private readonly TinyGuest two;

    public PortSearchTests()
    {
        TestMachine.Start();
        one = new TinyGuest("one", vcpus: 2);
        two = new TinyGuest("two");
        one.Enter();
        one.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.InitControl, new EventInitControl { ControlFrame = one.Frames[20].Value });
        for (uint page = 0; page < WordPages; page++)
        {
            Assert.Equal(0, one.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.ExpandArray,
                new EventExpandArray { ArrayFrame = one.Frames[21 + (int)page].Value }).Result);
        }
    }

    private static uint Open(TinyGuest guest)
    {
        Preemption.Begin();
        Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out uint port));
        return port;
    }

    /// <summary>All ports of the form that there are words for, and one more.</summary>
    private void Fill()
    {
        while (Open(one) < Filled)
            continue;
    }

    private void CloseQueued(uint port)
    {
        EventChannels.Raise(ref one.Domain, port);
        Assert.Equal(Errno.None, EventChannels.Close(ref one.Domain, port));
    }

    private void Unlink(uint port) => DirectMap.At<uint>(one.Frames[21 + (int)(port / 1024)].Address + port % 1024 * 4) = 0;

    private static (long Result, uint Port) Bind(TinyGuest guest, uint vcpu = 0, ulong state = 0)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame + (int)vcpu);
        TinyGuest.Store(place, default(EventBindIpi));
        long result = TinyGuest.Call(ref guest.Domain.Vcpu(vcpu), Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindIpi | state << 32, place);
        return (result, DirectMap.At<EventBindIpi>(guest.Frames[TinyGuest.RecordFrame + (int)vcpu].Address).Port);
    }

    private int Stops(long budget, Action? first = null)
    {
        int stops = 0;
        Preemption.Budget = budget;
        TinyGuest.WhileStopped = () =>
        {
            if (stops++ == 0)
                first?.Invoke();
        };
        Assert.Equal((0, Filled + 1), Bind(one));
        TinyGuest.WhileStopped = null;
        return stops;
    }

    [Fact]
    public void OpenPortsThatArePassedOneByOneAreCharged()
    {
        Fill();
        for (uint port = PortsPerPage / 2; port < Filled; port += PortsPerPage)
            CloseQueued(port);
        // 16 pages, each passed port by port: the work is a multiple of the budget, and so are the stops.
        ulong work = Filled * Cost.OpenPort + Filled / PortsPerPage * Cost.QueuedPort;
        Assert.InRange(Stops(10), (int)(work / 10_000) - 2, (int)(work / 10_000) + 2);
    }

    [Fact]
    public void PortsThatAreQueuedAreCharged()
    {
        Fill();
        for (uint port = 1; port < Filled; port++)
        {
            if (one.Domain.Events.At(port).State == EventChannelState.Ipi)
                CloseQueued(port);
        }
        Assert.InRange(Stops(20), (int)(Filled * Cost.QueuedPort / 20_000) - 5, (int)(Filled * Cost.QueuedPort / 20_000) + 3);
    }

    [Fact]
    public void AnotherSearchMeanwhileHasItsOwnPlaceAndSeesWhatHasLeftItsQueue()
    {
        Fill();
        for (uint port = 100; port < Filled; port++)
            CloseQueued(port);
        (long, uint) other = default;
        Stops(20, () =>
        {
            Unlink(101);
            Action? between = TinyGuest.WhileStopped;
            TinyGuest.WhileStopped = null;
            other = Bind(one, vcpu: 1);
            TinyGuest.WhileStopped = between;
        });
        Assert.Equal((0, 101u), other);
    }

    [Fact]
    public void APortThatIsClosedBehindASearchOfAFullTableIsFoundByIt()
    {
        two.Enter();
        // The two-level form ends with its table, and a search that is made to begin in the middle has passed the port.
        while (Open(two) < EventTwoLevel.Channels - 1)
            continue;
        uint middle = EventTwoLevel.Channels / 2;
        ulong begun = PortSearch.At(middle, two.Domain.Events.Closings).Into(0) >> 32;
        Assert.Equal(-(long)Errno.NoSpc, Bind(two, state: begun).Result);
        Assert.Equal(Errno.None, EventChannels.Close(ref two.Domain, 77));
        Assert.Equal((0, 77u), Bind(two, state: begun));
    }

    [Fact]
    public void APlaceThatAGuestMakesUpIsNoMoreThanAPlaceToBeginAt()
    {
        two.Enter();
        foreach (uint place in (uint[])[EventTwoLevel.Channels, 131_071, uint.MaxValue])
        {
            (long result, uint port) = Bind(two, state: place);
            Assert.True(result == 0 && EventChannels.IsOpen(ref two.Domain, port) || result == -(long)Errno.NoSpc);
        }
        // And it ends with its call, also where that searches for nothing: what the hypervisor itself opens next is the lowest port.
        uint lowest = Bind(two).Port;
        Assert.Equal(Errno.None, EventChannels.Close(ref two.Domain, lowest));
        two.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Status | 3000ul << 32, new EventStatus { Domain = DomainIds.Self });
        two.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset | 3000ul << 32, new EventReset { Domain = 99 });
        Assert.Equal(lowest, Open(two));
    }
}
