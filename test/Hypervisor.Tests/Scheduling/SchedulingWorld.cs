using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>
/// A machine of several processors that has no guests' code, only their wishes to run and to sleep: virtual time jumps from one event to the next,
/// and all decisions are the hypervisor's own.
/// </summary>
internal sealed class SchedulingWorld
{
    private readonly List<SimulatedGuest> guests = [];
    private readonly Dictionary<(ushort Domain, uint Vcpu), SimulatedGuest> byVcpu = [];
    private readonly PriorityQueue<Action, ulong> agenda = new();
    private readonly SimulatedGuest?[] running;
    private readonly Random random;

    /// <summary>Starts it with a policy and a seed.</summary>
    public SchedulingWorld(uint processors, string options = "", int seed = 1, int mebibytes = 32)
    {
        TestMachine.Start(mebibytes, options);
        AddProcessors(processors);
        running = new SimulatedGuest?[processors];
        random = new Random(seed);
        for (uint number = 0; number < processors; number++)
            Assert.False(Scheduler.TryChoose(ref Processors.All[number].Value, out _));
    }

    /// <summary>How often a processor was given another virtual CPU.</summary>
    public long Switches { get; private set; }

    /// <summary>The nanoseconds in which processors had nobody to run.</summary>
    public ulong Idle { get; private set; }

    /// <summary>All guests.</summary>
    public IReadOnlyList<SimulatedGuest> Guests => guests;

    /// <summary>More processors beside the one that is up.</summary>
    private static void AddProcessors(uint count)
    {
        Table<Link<ProcessorState>> processors = Take<Link<ProcessorState>>(count);
        Table<ProcessorState> states = Take<ProcessorState>(count);
        for (uint number = 0; number < count; number++)
        {
            ref ProcessorState state = ref states[number];
            state.Number = number;
            Assert.True(FrameAllocator.TryTake(0, out state.DescriptorTable));
            processors[number] = Link<ProcessorState>.To(ref state);
        }
        LoadedVcpus.All = Take<Link<VirtualCpu>>(count);
        Processors.All = processors;
    }

    private static Table<T> Take<T>(ulong count)
        where T : unmanaged
    {
        Assert.True(FrameAllocator.TryTake(2, out Mfn frame));
        DirectMap.Bytes(frame.Address, 4 * Mfn.Size).Clear();
        return new Table<T>(frame.Address, count);
    }

    /// <summary>Adds a domain of so many virtual CPUs that all do the same: run for `burst` (0: for ever), sleep for `sleep`.</summary>
    public SimulatedGuest Add(
        ShareParameters share, ulong burst = 0, ulong sleep = 0, ulong affinity = ulong.MaxValue, uint vcpus = 1, DomainClock clock = default)
    {
        Assert.Equal(Errno.None, DomainFrame.Create(Encoding.ASCII.GetBytes($"g{guests.Count}"), false, out Link<Domain> link));
        ref Domain domain = ref link.Value;
        Assert.True(VcpuFrames.TryMakeAll(ref domain, vcpus));
        Assert.Equal(Errno.None, ShareControl.Set(ref domain, share));
        domain.Share.Clock = clock;
        domain.Stage = DomainStage.Alive;
        SimulatedGuest? first = null;
        for (uint number = 0; number < vcpus; number++)
        {
            var guest = new SimulatedGuest(link, number, share.Weight, burst, sleep) { Left = burst == 0 ? ulong.MaxValue : burst, ReadySince = Now };
            first ??= guest;
            guests.Add(guest);
            byVcpu[(domain.Id, number)] = guest;
            Assert.True(Scheduler.TrySetAffinity(ref guest.Vcpu, affinity));
            Scheduler.Resume(ref guest.Vcpu, PauseReasons.Down);
        }
        Settle();
        return first!;
    }

    /// <summary>A domain of a weight that always wants to run.</summary>
    public SimulatedGuest AddBusy(uint weight, ulong affinity = ulong.MaxValue, uint vcpus = 1)
        => Add(new ShareParameters { Weight = weight }, affinity: affinity, vcpus: vcpus);

    /// <summary>System time.</summary>
    public static ulong Now => SystemTime.Now;

    /// <summary>Lets so much time pass; `check` is called after every event.</summary>
    public void Run(ulong nanoseconds, Action? check = null)
    {
        ulong end = Now + nanoseconds;
        while (Now < end)
        {
            ulong next = Math.Min(end, NextEvent());
            if (next > Now)
                Pass(next - Now);
            for (uint number = 0; number < running.Length; number++)
                Interrupt(number);
            while (agenda.TryPeek(out Action? action, out ulong time) && time <= Now)
            {
                agenda.Dequeue();
                action();
            }
            Settle();
            check?.Invoke();
        }
    }

    private void Pass(ulong nanoseconds)
    {
        TimeSource.Now += nanoseconds;
        foreach (SimulatedGuest? guest in running)
        {
            if (guest is null)
                Idle += nanoseconds;
            else
                guest.Run(nanoseconds);
        }
    }

    private ulong NextEvent()
    {
        ulong next = agenda.TryPeek(out _, out ulong time) ? time : ulong.MaxValue;
        for (uint number = 0; number < running.Length; number++)
        {
            next = Math.Min(next, ProcessorTimer.All[number].Programmed);
            if (running[number] is { IsEndless: false } guest)
                next = Math.Min(next, Now + guest.Left);
        }
        return next;
    }

    private void Interrupt(uint number)
    {
        SimulatedProcessor.Number = number;
        if (ProcessorTimer.All[number].Programmed <= Now)
            Processors.All[number].Value.Work |= ProcessorWork.Timer;
        if (running[number] is not { Left: 0 } guest)
            return;
        if (guest.Then is { } then)
        {
            then(guest);
            return;
        }
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        At(Now + Around(guest.Sleep), () => Wake(guest, Around(guest.Burst)));
    }

    /// <summary>Does something at a time; whose processor it is then is left to chance.</summary>
    public void At(ulong time, Action action) => agenda.Enqueue(() =>
    {
        SimulatedProcessor.Number = (uint)random.Next(running.Length);
        action();
    }, time);

    /// <summary>Wakes one that sleeps, for a burst.</summary>
    public static void Wake(SimulatedGuest guest, ulong burst)
    {
        (guest.Left, guest.ReadySince) = (burst, Now);
        Scheduler.Unblock(ref guest.Vcpu);
    }

    private ulong Around(ulong time) => 1 + time / 2 + (ulong)random.NextInt64((long)time + 1);

    /// <summary>Lets all processors do their work.</summary>
    public void Settle()
    {
        for (bool again = true; again;)
        {
            again = false;
            for (uint number = 0; number < running.Length; number++)
                again |= Work(number, ref Processors.All[number].Value);
        }
    }

    private bool Work(uint number, ref ProcessorState processor)
    {
        ProcessorWork work = processor.Work;
        if (work == ProcessorWork.None)
            return false;
        processor.Work = ProcessorWork.None;
        SimulatedProcessor.Number = number;
        if ((work & ProcessorWork.Timer) != 0)
            TimerEvents.TakeInterrupt(ref processor);
        if ((work & ProcessorWork.Schedule) == 0 && running[number] is not null)
            return true;
        SimulatedGuest? before = running[number];
        running[number] = Scheduler.TryChoose(ref processor, out Link<VirtualCpu> next) ? byVcpu[(next.Value.Domain.Id, next.Value.Number)] : null;
        if (running[number] == before)
            return true;
        Switches++;
        before?.Stop(Now);
        running[number]?.Start(Now);
        return true;
    }

    /// <summary>Everyone who can run runs on one processor that it may run on or waits in one queue; no processor idles that could help.</summary>
    public void CheckNobodyIsLost()
    {
        var seen = new HashSet<SimulatedGuest>();
        ulong idling = 0, wanted = 0;
        for (uint number = 0; number < running.Length; number++)
        {
            ref ProcessorSchedule schedule = ref ProcessorSchedule.All[number];
            if (running[number] is { } guest)
                Assert.True(seen.Add(guest) && guest.Vcpu.Turn.Allows(number) && schedule.Running.Same(ref guest.Vcpu));
            else
                idling |= 1ul << (int)number;
            uint count = 0;
            for (Link<VirtualCpu> link = schedule.Queue.First; !link.IsNull; link = RunQueue.After(link), count++)
            {
                Assert.True(seen.Add(byVcpu[(link.Value.Domain.Id, link.Value.Number)]));
                wanted |= link.Value.Turn.Affinity;
            }
            Assert.Equal(count, schedule.Queue.Count);
        }
        Assert.Equal(guests.Count(it => it.Vcpu.IsRunnable), seen.Count);
        Assert.Equal(0ul, idling & wanted);
    }
}
