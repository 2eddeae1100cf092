using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>The heap of timers against a list that is searched, and what it costs among many.</summary>
public sealed class TimersTests
{
    private const int Kinds = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheHeapIsAsTheList(int seed)
    {
        TestMachine.Start();
        TinyGuest[] guests = [new("one", vcpus: 32), new("two", vcpus: 32)];
        // Of the last eight nobody hears the timers, but for the poll's and the watchdog's.
        const uint heard = 24;
        for (uint number = 0; number < heard; number++)
            Assert.All(guests, guest => Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref guest.Domain, Virq.Timer, number, out _)));
        var model = new Dictionary<(int Guest, uint Vcpu, TimerKind Kind), ulong>();
        var random = new Random(seed);
        for (int step = 0; step < 5000; step++)
        {
            (int Guest, uint Vcpu, TimerKind Kind) timer = (random.Next(2), (uint)random.Next(32), (TimerKind)random.Next(Kinds));
            ref VirtualCpu vcpu = ref guests[timer.Guest].Domain.Vcpu(timer.Vcpu);
            ulong number = (ulong)random.Next(1000);
            switch (random.Next(6))
            {
                case < 3:
                    Timers.Set(ref vcpu, timer.Kind, number);
                    if (timer.Vcpu < heard || timer.Kind is TimerKind.Poll or TimerKind.Watchdog)
                        model[timer] = number;
                    break;
                case 3:
                    Timers.Stop(ref vcpu, timer.Kind);
                    model.Remove(timer);
                    break;
                case 4 when step % 10 == 0:
                    Timers.StopAll(ref vcpu);
                    for (int kind = 0; kind < Kinds; kind++)
                        model.Remove((timer.Guest, timer.Vcpu, (TimerKind)kind));
                    break;
                default:
                    TakeAll(guests, model, number / 10);
                    break;
            }
            Assert.Equal(model.Keys.Select(key => (key.Guest, key.Vcpu)).Distinct().Count(), (int)Timers.CountOn(0));
            Assert.Equal(model.Count == 0 ? Timers.Stopped : model.Values.Min(), ProcessorTimer.All[0].Next);
        }
    }

    private static void TakeAll(TinyGuest[] guests, Dictionary<(int Guest, uint Vcpu, TimerKind Kind), ulong> model, ulong now)
    {
        ulong last = 0;
        for (var vcpu = Take(out TimerKind due); !vcpu.IsNull; vcpu = Take(out due))
        {
            int guest = vcpu.Value.Domain.Id == guests[0].Id ? 0 : 1;
            Assert.True(model.Remove((guest, vcpu.Value.Number, due), out ulong deadline));
            Assert.True(deadline >= last && deadline <= now);
            last = deadline;
        }
        Assert.DoesNotContain(model.Values, deadline => deadline <= now);

        Link<VirtualCpu> Take(out TimerKind due) => Timers.TakeDue(ref ProcessorTimer.All[0], now, out due);
    }

    // There is no table to fill: each of so many virtual processors has all its timers running.
    [Fact]
    public void ThereIsRoomForAllThatThereCanBe()
    {
        TestMachine.Start(mebibytes: 64);
        var guests = Enumerable.Range(0, 100).Select(number => new TinyGuest($"g{number}", vcpus: 32)).ToArray();
        uint count = 0;
        foreach (TinyGuest guest in guests)
        {
            for (uint number = 0; number < 32; number++, count++)
            {
                for (int kind = 0; kind < Kinds; kind++)
                    Timers.Set(ref guest.Domain.Vcpu(number), (TimerKind)kind, 1_000_000 - count + (ulong)kind);
            }
        }
        Assert.Equal(3200u, Timers.CountOn(0));
        for (ulong last = 0; count > 0;)
        {
            ulong next = ProcessorTimer.All[0].Next;
            Assert.True(next >= last);
            last = next;
            Assert.False(Timers.TakeDue(ref ProcessorTimer.All[0], Timers.Stopped - 1, out TimerKind due).IsNull);
            if (due == (TimerKind)(Kinds - 1))
                count--;
        }
        Assert.Equal(0u, Timers.CountOn(0));
    }
}
