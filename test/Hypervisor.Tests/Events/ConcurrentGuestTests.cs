using System;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>
/// Events are raised while the guest, on other processors (threads here), takes, masks and unmasks; the hypervisor itself is one at a time, as its
/// lock has it. No event is lost; and a guest that scribbles on its words hurts nobody else.
/// </summary>
public sealed class ConcurrentGuestTests
{
    private const int Ports = 40, Raises = 200_000;

    private readonly Lock hypervisor = new();
    private readonly TinyGuest guest;
    private readonly ConsumingGuest consumer;
    private readonly long[] raised = new long[128];
    private readonly long[] seen = new long[128];
    private volatile bool isOver, hasEnded;

    public ConcurrentGuestTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        consumer = new ConsumingGuest(guest);
        guest.Enter();
        guest.Info.EventUpcallMask = 1;
        for (int count = 0; count < Ports; count++)
            Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out _));
        guest.Domain.SharedInfo.Value.EventPending.AsSpan().Clear();
        (guest.Info.EventUpcallPending, guest.Info.EventPendingSelector) = (0, 0);
    }

    private static uint Pick(Random random) => (uint)random.Next(2, Ports + 2);

    /// <summary>A thread that has the test's machine.</summary>
    private static Thread Hand(Action work)
    {
        SimulatedMachine machine = SimulatedMachine.Present;
        return new Thread(() =>
        {
            SimulatedMachine.Present = machine;
            work();
        });
    }

    private void Consume()
    {
        while (!hasEnded || Volatile.Read(ref guest.Info.EventUpcallPending) != 0)
        {
            if (Volatile.Read(ref guest.Info.EventUpcallPending) == 0)
                continue;
            foreach (uint port in consumer.Take(0))
                Volatile.Write(ref seen[port], Volatile.Read(ref raised[port]));
        }
    }

    /// <summary>Another virtual CPU of the guest: masks ports and unmasks them again.</summary>
    private void MaskAndUnmask()
    {
        var random = new Random(7);
        while (!isOver)
        {
            uint port = Pick(random);
            consumer.Mask(port);
            Thread.SpinWait(random.Next(50));
            if (consumer.IsFifo && !consumer.UnmaskFails(port))
                continue;
            lock (hypervisor)
                EventChannels.Unmask(ref guest.Domain, port);
        }
    }

    private void RaiseOne(Random random, uint port, bool changes)
    {
        Interlocked.Increment(ref raised[port]);
        lock (hypervisor)
        {
            if (changes)
                guest.Domain.Events.At(port).Priority = (byte)random.Next(16);
            EventChannels.Raise(ref guest.Domain, port);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoEventIsLost(bool fifo)
    {
        if (fifo)
        {
            Assert.Equal(Errno.None, consumer.InitControl(0));
            Assert.Equal(Errno.None, consumer.Expand(masked: false));
        }
        var random = new Random(1);
        Thread consuming = Hand(Consume), masker = Hand(MaskAndUnmask);
        consuming.Start();
        masker.Start();
        for (int count = 0; count < Raises; count++)
            RaiseOne(random, Pick(random), changes: count % 16 == 0);
        // What the last unmasking tells must still find somebody who takes.
        isOver = true;
        masker.Join();
        hasEnded = true;
        consuming.Join();
        Assert.Equal(raised, seen);
    }

    /// <summary>Another thread writes anything into the event words and the control block all the time.</summary>
    private void Scribble()
    {
        var random = new Random(3);
        while (!isOver)
        {
            consumer.Word((uint)random.Next(Ports + 4)) = (uint)random.NextInt64(1L << 32);
            DirectMap.At<uint>(guest.Frames[ConsumingGuest.ControlFrame].Address + (ulong)random.Next(18) * 4) = (uint)random.NextInt64(1L << 32);
        }
    }

    private void SendBothWays(TinyGuest other, uint near, uint far)
    {
        var random = new Random(4);
        for (int count = 0; count < 50_000; count++)
        {
            Assert.Equal(Errno.None, HypervisorEnds.Send(ref other.Domain, near));
            Assert.Contains(HypervisorEnds.Send(ref guest.Domain, Pick(random)), (Errno[])[Errno.None, Errno.Inval]);
            Assert.Contains(EventChannels.Unmask(ref guest.Domain, Pick(random)), (Errno[])[Errno.None, Errno.Inval]);
            TwoLevelEvents.Clear(ref other.Domain, near);
            Assert.Equal(Errno.None, HypervisorEnds.Send(ref guest.Domain, far));
            Assert.True(EventChannels.IsPending(ref other.Domain, near));
            if (count % 64 == 0 && EventChannels.Close(ref guest.Domain, Pick(random)) == Errno.None)
                Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out _));
        }
    }

    [Fact]
    public void AScribblingGuestHurtsOnlyItself()
    {
        Assert.Equal(Errno.None, consumer.InitControl(0));
        Assert.Equal(Errno.None, consumer.Expand(masked: false));
        var other = new TinyGuest("two");
        Preemption.Begin();
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref guest.Domain, other.Id, hypervisor: false, out uint far));
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref other.Domain, guest.Id, far, out uint near));
        Thread thread = Hand(Scribble);
        thread.Start();
        try
        {
            SendBothWays(other, near, far);
        }
        finally
        {
            isOver = true;
            thread.Join();
        }
        Assert.Equal(0, guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self }).Result);
        Assert.Equal(EventChannelState.Unbound, other.Domain.Events.At(near).State);
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        Assert.Equal(0ul, InvariantWalk.Count(new Table<ulong>(memory.Address, FrameTable.All.Length), out _));
    }
}
