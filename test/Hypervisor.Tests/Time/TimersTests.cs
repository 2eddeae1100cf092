using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>The heap of timers against a list that is searched.</summary>
public sealed class TimersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheHeapIsAsTheList(int seed)
    {
        TestMachine.Start();
        TinyGuest[] guests = [new("one", vcpus: 32), new("two", vcpus: 32)];
        var model = new Dictionary<(int Guest, uint Vcpu, TimerKind Kind), ulong>();
        var random = new Random(seed);
        for (int step = 0; step < 5000; step++)
        {
            (int Guest, uint Vcpu, TimerKind Kind) timer = (random.Next(2), (uint)random.Next(32), (TimerKind)random.Next(2));
            ref VirtualCpu vcpu = ref guests[timer.Guest].Domain.Vcpu(timer.Vcpu);
            ulong number = (ulong)random.Next(1000);
            switch (random.Next(5))
            {
                case < 3:
                    Timers.Set(ref vcpu, timer.Kind, number);
                    model[timer] = number;
                    break;
                case 3:
                    Timers.Stop(ref vcpu, timer.Kind);
                    model.Remove(timer);
                    break;
                default:
                    TakeAll(guests, model, number / 10);
                    break;
            }
            Assert.Equal(model.Count, (int)Timers.Count);
            Assert.Equal(model.Count == 0 ? ulong.MaxValue : model.Values.Min(), Timers.NextDeadline);
        }
    }

    private static void TakeAll(TinyGuest[] guests, Dictionary<(int Guest, uint Vcpu, TimerKind Kind), ulong> model, ulong now)
    {
        ulong last = 0;
        while (Timers.TryTakeDue(now, out TimerSlot due))
        {
            int guest = due.Vcpu.Value.Domain.Id == guests[0].Id ? 0 : 1;
            Assert.True(model.Remove((guest, due.Vcpu.Value.Number, due.Kind), out ulong deadline));
            Assert.Equal(deadline, due.Deadline);
            Assert.True(deadline >= last && deadline <= now);
            last = deadline;
        }
        Assert.DoesNotContain(model.Values, deadline => deadline <= now);
    }
}
