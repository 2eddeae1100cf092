using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>The FIFO form's own calls, its 131,072 ports, and their end in slices.</summary>
public sealed class FifoTests
{
    private readonly TinyGuest one;
    private readonly TinyGuest two;

    public FifoTests()
    {
        TestMachine.Start(mebibytes: 24);
        one = new TinyGuest("one", frames: 200, vcpus: 2);
        two = new TinyGuest("two", frames: 200);
        one.Enter();
    }

    private static Errno Init(TinyGuest guest, ulong frame, uint offset = 0, uint vcpu = 0)
    {
        (long result, EventInitControl record) = guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.InitControl,
            new EventInitControl { ControlFrame = frame, Offset = offset, Vcpu = vcpu });
        Assert.True(result != 0 || record.LinkBits == 17);
        return (Errno)(-result);
    }

    private static Errno Expand(TinyGuest guest, ulong frame)
        => (Errno)(-guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.ExpandArray, new EventExpandArray { ArrayFrame = frame }).Result);

    private static Errno Prefer(TinyGuest guest, uint port, uint priority)
        => (Errno)(-guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.SetPriority,
            new EventSetPriority { Port = port, Priority = priority }).Result);

    private static uint Open(TinyGuest guest, ushort remote)
    {
        Preemption.Begin();
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref guest.Domain, remote, hypervisor: false, out uint port));
        return port;
    }

    private static void Reset(TinyGuest guest)
        => Assert.Equal(0, guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self }).Result);

    [Fact]
    public void BadControlBlocksAreRefused()
    {
        ulong good = one.Frames[20].Value;
        Assert.Equal(Errno.NoEnt, Init(one, good, vcpu: 2));
        Assert.Equal(Errno.NoEnt, Init(one, good, vcpu: uint.MaxValue));
        Assert.Equal(Errno.Inval, Init(one, good, offset: 4));
        Assert.Equal(Errno.Inval, Init(one, good, offset: 4096 - 64));
        Assert.Equal(Errno.Inval, Init(one, good, offset: uint.MaxValue - 7));
        Assert.Equal(Errno.Inval, Init(one, two.Frames[20].Value));
        Assert.Equal(Errno.Inval, Init(one, one.Frames[1].Value));
        Assert.Equal(Errno.Inval, Init(one, ulong.MaxValue));
        Assert.Equal(Errno.Inval, Init(one, ulong.MaxValue >> 12));
        Assert.False(one.Domain.Events.IsFifo);
        Assert.Equal(Errno.OpNotSupp, Expand(one, one.Frames[21].Value));
        Assert.Equal(Errno.NoSys, Prefer(one, 1, 3));
        Assert.Equal(Errno.None, Init(one, good, offset: 4096 - 72));
        Assert.Equal(Errno.Inval, Init(one, good));
        Assert.True(one.Domain.Events.IsFifo);
    }

    [Fact]
    public void AFrameOfTheFormIsHeldUntilTheReset()
    {
        Init(one, one.Frames[20].Value);
        Expand(one, one.Frames[21].Value);
        uint control = FrameTable.Of(one.Frames[20]).TypeCount, words = FrameTable.Of(one.Frames[21]).TypeCount;
        Assert.Equal(Errno.Inval, Expand(one, one.Frames[0].Value));
        Reset(one);
        Assert.Equal((control - 1, words - 1), (FrameTable.Of(one.Frames[20]).TypeCount, FrameTable.Of(one.Frames[21]).TypeCount));
        Assert.False(one.Domain.Events.IsFifo);
    }

    [Fact]
    public void ThereAre128PagesOfWordsAndNoMore()
    {
        Init(one, one.Frames[20].Value);
        for (int page = 0; page < 128; page++)
            Assert.Equal(Errno.None, Expand(one, one.Frames[30 + page].Value));
        Assert.Equal(Errno.NoSpc, Expand(one, one.Frames[30].Value));
    }

    [Fact]
    public void WhatIsPendingMovesToTheNewForm()
    {
        EventChannels.BindIpi(ref one.Domain, 0, out uint port);
        EventChannels.Raise(ref one.Domain, port);
        one.Domain.SharedInfo.Value.EventMask[0] = 0;
        one.Info.EventUpcallPending = 0;
        Init(one, one.Frames[20].Value);
        Assert.True(EventChannels.IsPending(ref one.Domain, port));
        Assert.Equal(0, one.Info.EventUpcallPending);
        Expand(one, one.Frames[21].Value);
        Assert.Equal(1, one.Info.EventUpcallPending);
        ref EventFifoControlBlock control = ref DirectMap.At<EventFifoControlBlock>(one.Frames[20].Address);
        Assert.Equal((1u << 7, port), (control.Ready, control.Head[7]));
    }

    /// <summary>A port that was taken out and is raised in another queue is no tail of the former: what follows there would come too.</summary>
    [Fact]
    public void APortThatChangesItsQueueIsFollowedByNobodyOfTheFormer()
    {
        Init(one, one.Frames[20].Value);
        Expand(one, one.Frames[21].Value);
        EventChannels.BindIpi(ref one.Domain, 0, out uint mover);
        EventChannels.BindIpi(ref one.Domain, 0, out uint other);
        EventChannels.Raise(ref one.Domain, mover);
        ref EventFifoControlBlock control = ref DirectMap.At<EventFifoControlBlock>(one.Frames[20].Address);
        Assert.Equal((1u << 7, mover), (control.Ready, control.Head[7]));
        (control.Ready, control.Head[7], one.Domain.Events.Word(mover)) = (0, 0, 0);
        Assert.Equal(Errno.None, Prefer(one, mover, 3));
        EventChannels.Raise(ref one.Domain, mover);
        EventChannels.Raise(ref one.Domain, other);
        Assert.Equal((1u << 3 | 1u << 7, mover, other), (control.Ready, control.Head[3], control.Head[7]));
    }

    [Fact]
    public void APrioritysEdgesAreKept()
    {
        Init(one, one.Frames[20].Value);
        Assert.Equal(Errno.None, Prefer(one, 1, 15));
        Assert.Equal(Errno.Inval, Prefer(one, 1, 16));
        Assert.Equal(Errno.Inval, Prefer(one, 99, 1));
        Assert.Equal(Errno.Inval, Prefer(one, uint.MaxValue, 1));
    }

    /// <summary>A closed port that is still in a queue is passed over, whatever made it so.</summary>
    [Fact]
    public void ALinkedPortIsNotGivenOutAgain()
    {
        Init(one, one.Frames[20].Value);
        Expand(one, one.Frames[21].Value);
        uint port = Open(one, two.Id);
        EventChannels.Raise(ref one.Domain, port);
        EventChannels.Close(ref one.Domain, port);
        Assert.Equal(port + 1, Open(one, two.Id));
        DirectMap.At<uint>(one.Frames[21].Address + port * 4) = 0;
        Assert.Equal(port, Open(one, two.Id));
    }

    /// <summary>A search that passes very many such ports is made in slices, finds the lowest free one, and begins anew for the next call.</summary>
    [Fact]
    public void ASearchPastManyLinkedPortsGoesOnLater()
    {
        const uint ports = 3000;
        Init(one, one.Frames[20].Value);
        for (int page = 21; page < 24; page++)
            Expand(one, one.Frames[page].Value);
        uint first = Open(one, two.Id), last = first;
        for (; last < ports; last = Open(one, two.Id))
            EventChannels.Raise(ref one.Domain, last);
        for (uint port = first; port < last; port++)
            EventChannels.Close(ref one.Domain, port);
        Preemption.Budget = 110;
        int stops = 0;
        TinyGuest.WhileStopped = () => stops++;
        Assert.Equal(last + 1, Bind(one));
        Assert.InRange(stops, 5, 10);
        DirectMap.At<uint>(one.Frames[21].Address + first * 4) = 0;
        Assert.Equal(first, Bind(one));
        DirectMap.At<uint>(one.Frames[21].Address + (first + 7) * 4) = 0;
        EventChannels.Close(ref one.Domain, first);
        Assert.Equal(first, Bind(one));
        Assert.Equal(first + 7, Bind(one));
        TinyGuest.WhileStopped = null;
    }

    private static uint Bind(TinyGuest guest)
    {
        guest.Enter();
        (long result, EventBindIpi bind) = guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindIpi, default(EventBindIpi));
        Assert.Equal(0, result);
        return bind.Port;
    }

    [Fact]
    public void AllPortsOpenAndCloseInSlices()
    {
        ulong free = FrameAllocator.FreeCount;
        Init(one, one.Frames[20].Value);
        uint last = 0;
        while (one.Domain.Events.OpenCount < EventTable.FifoPorts - 1)
            last = Open(one, two.Id);
        Assert.Equal(EventTable.FifoPorts - 1, last);
        Preemption.Begin();
        Assert.Equal(Errno.NoSpc, EventChannels.AllocateUnbound(ref one.Domain, two.Id, hypervisor: false, out _));
        uint slices = 0, before = one.Domain.Events.OpenCount;
        for (; !Slice(hypervisors: false); slices++)
        {
            Assert.InRange(before - one.Domain.Events.OpenCount, 1u, 4200u);
            before = one.Domain.Events.OpenCount;
        }
        Assert.InRange(slices, 30u, 300u);
        Reset(one);
        Assert.Equal(free, FrameAllocator.FreeCount);
    }

    private bool Slice(bool hypervisors)
    {
        Preemption.Begin();
        return EventClosing.TryCloseAll(ref one.Domain, hypervisors);
    }

    private static void StepOfTeardown()
    {
        Preemption.Begin();
        Teardown.Step(ref TestMachine.Processor);
    }

    [Fact]
    public void TheDeadsPeersSeeTheirPortsUnboundSliceBySlice()
    {
        const uint channels = 20_000;
        ulong free = FrameAllocator.FreeCount;
        Init(one, one.Frames[20].Value);
        two.Enter();
        Init(two, two.Frames[20].Value);
        for (uint count = 0; count < channels; count++)
            Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref one.Domain, two.Id, Open(two, one.Id), out _));
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.Crash);
        int steps = 0;
        for (; DomainTable.TryFind(one.Domain.Id, out Link<Domain> dying) && dying.Value.Events.OpenCount > 0; steps++)
            StepOfTeardown();
        Assert.InRange(steps, 5, 1000);
        Assert.Equal(channels + 2, two.Domain.Events.OpenCount);
        for (uint port = 3; port < channels + 3; port++)
            Assert.Equal(EventChannelState.Unbound, two.Domain.Events.At(port).State);
        Reset(two);
        for (int step = 0; step < 4000; step++)
            StepOfTeardown();
        Assert.False(one.IsAlive);
        Assert.True(FrameAllocator.FreeCount > free);
    }

    /// <summary>The reset has passed the console's end, which only death closes, and a port that was opened behind its back.</summary>
    [Fact]
    public void ADeathInTheMiddleOfAResetClosesWhatTheResetHasPassed()
    {
        Init(one, one.Frames[20].Value);
        while (one.Domain.Events.OpenCount < 10_000)
            Open(one, two.Id);
        Assert.False(Slice(hypervisors: false));
        two.Enter();
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref one.Domain, two.Id, Open(two, one.Id), out uint behind));
        Assert.InRange(behind, 2u, 3u);
        ulong free = FrameAllocator.FreeCount;
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.Crash);
        uint frames = one.Domain.Events.FrameCount;
        for (int step = 0; step < 4000; step++)
            StepOfTeardown();
        Assert.False(one.IsAlive);
        Assert.Equal(EventChannelState.Unbound, two.Domain.Events.At(2).State);
        Assert.True(FrameAllocator.FreeCount >= free + frames + 200);
    }

    /// <summary>A walk that began in the middle is made again from the first port on.</summary>
    [Fact]
    public void AResetAfterOneThatWasNeverFinishedClosesAll()
    {
        while (one.Domain.Events.OpenCount < 4000)
            Open(one, two.Id);
        one.Domain.Events.CloseCursor = 3000;
        Reset(one);
        Assert.Equal(2u, one.Domain.Events.OpenCount);
    }

    [Fact]
    public void AnotherDomainIsResetOnlyWhilePaused()
    {
        var initial = new TinyGuest("initial", initial: true);
        initial.Enter();
        uint port = Open(two, initial.Id);
        var record = new EventReset { Domain = two.Id };
        Assert.Equal(-(long)Errno.Inval, initial.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, record).Result);
        Stops.Begin(ref two.Domain);
        Assert.Equal(0, initial.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, record).Result);
        Assert.False(EventChannels.IsOpen(ref two.Domain, port));
    }

    [Fact]
    public void TheInitialDomainIsToldOfADeath()
    {
        var initial = new TinyGuest("initial", initial: true);
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref initial.Domain, Virq.DomainException, 0, out uint port));
        Assert.False(EventChannels.IsPending(ref initial.Domain, port));
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        Assert.True(EventChannels.IsPending(ref initial.Domain, port));
        TwoLevelEvents.Clear(ref initial.Domain, port);
        for (int step = 0; step < 4000; step++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.True(EventChannels.IsPending(ref initial.Domain, port));
    }
}
