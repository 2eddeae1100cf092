using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>The heap of those who wait, beside a sorted list.</summary>
public sealed class RunQueueTests
{
    [Theory]
    [InlineData(1, 0ul)]
    [InlineData(2, ulong.MaxValue - 500)]
    [InlineData(3, ulong.MaxValue / 2 - 500)]
    public void TheLowestComesFirst(int seed, ulong origin)
    {
        var world = new SchedulingWorld(1);
        var random = new Random(seed);
        for (int index = 0; index < 60; index++)
            Scheduler.Pause(ref world.AddBusy(256).Vcpu, PauseReasons.Blocked);
        world.Settle();
        var queue = new RunQueue();
        var waiting = new List<(ulong Distance, SimulatedGuest Guest)>();
        for (int step = 0; step < 5000; step++)
        {
            SimulatedGuest guest = world.Guests[random.Next(60)];
            if (guest.Vcpu.Turn.IsQueued)
            {
                if (random.Next(2) == 0)
                    guest = waiting.First(it => queue.First.Same(ref it.Guest.Vcpu)).Guest;
                queue.Remove(ref guest.Vcpu);
                waiting.RemoveAll(it => it.Guest == guest);
            }
            else
            {
                ulong distance = (ulong)random.Next(1000);
                guest.Vcpu.Turn.Key = unchecked(origin + distance);
                queue.Insert(ref guest.Vcpu);
                waiting.Add((distance, guest));
            }
            Check(queue, waiting);
        }
    }

    private static void Check(in RunQueue queue, List<(ulong Distance, SimulatedGuest Guest)> waiting)
    {
        Assert.Equal((uint)waiting.Count, queue.Count);
        Assert.Equal(waiting.Count == 0, queue.IsEmpty);
        if (waiting.Count == 0)
            return;
        ulong least = waiting.Min(it => it.Distance);
        bool found = false;
        foreach ((ulong distance, SimulatedGuest guest) in waiting)
            found |= distance == least && queue.First.Same(ref guest.Vcpu);
        Assert.True(found);
        int count = 0;
        for (Link<VirtualCpu> link = queue.First; !link.IsNull; link = RunQueue.After(link))
            count++;
        Assert.Equal(waiting.Count, count);
    }

    [Fact]
    public void TheRecordsOfAProcessorAreAsLongAsTheirRoom()
    {
        Assert.Equal(ProcessorSchedule.Bytes, (ulong)Unsafe.SizeOf<ProcessorSchedule>());
        Assert.Equal(ProcessorTimer.Bytes, (ulong)Unsafe.SizeOf<ProcessorTimer>());
    }
}
