using System;
using System.Collections.Generic;
using System.Linq;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>What a virtual CPU of an adversary's does after a burst.</summary>
public enum Trick
{
    /// <summary>Sleeps.</summary>
    Sleep,

    /// <summary>Wakes another one, then sleeps until it is woken.</summary>
    Pass,

    /// <summary>Wakes all others, then sleeps.</summary>
    WakeAll,

    /// <summary>Gives its turn away, and wants the next.</summary>
    Yield,

    /// <summary>Goes down, and is brought up again.</summary>
    Down,

    /// <summary>Is pinned to one processor, or to none in particular.</summary>
    Pin,

    /// <summary>Reboots the domain.</summary>
    Reboot,
}

/// <summary>A burst in microseconds, and what follows: for how long, and whom it is about.</summary>
public sealed record Stratagem(Trick Trick, uint Burst, uint Pause, uint Whom);

/// <summary>
/// A domain whose virtual CPUs together follow a list of stratagems, over and over, in the hope of more than the domain's share: whichever of them
/// has ended its burst takes the next.
/// </summary>
internal sealed class Adversary
{
    private readonly SchedulingWorld world;
    private readonly ShareParameters share;
    private readonly IReadOnlyList<Stratagem> plan;
    private readonly List<SimulatedGuest> all = [];
    private SimulatedGuest[] living = [];
    private int next;

    public Adversary(SchedulingWorld world, ShareParameters share, uint vcpus, IReadOnlyList<Stratagem> plan)
    {
        (this.world, this.share, this.plan) = (world, share, plan);
        Begin(vcpus, default);
    }

    /// <summary>What it has run in all its lives, in nanoseconds.</summary>
    public ulong Ran => (ulong)all.Sum(it => (long)it.Ran);

    private ulong Burst => 1000ul * plan[next % plan.Count].Burst;

    private void Begin(uint vcpus, DomainClock clock)
    {
        int before = world.Guests.Count;
        world.Add(share, Burst, vcpus: vcpus, clock: clock);
        living = [.. world.Guests.Skip(before)];
        all.AddRange(living);
        foreach (SimulatedGuest guest in living)
            guest.Then = Follow;
        // One begins; the others sleep until it wakes them.
        foreach (SimulatedGuest guest in living.Skip(1))
            Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
    }

    private void Follow(SimulatedGuest guest)
    {
        if (living.Length == 0)
            return;
        Stratagem now = plan[next++ % plan.Count];
        ulong later = SchedulingWorld.Now + 1000ul * now.Pause;
        SimulatedGuest other = living[now.Whom % living.Length];
        guest.Left = Burst;
        switch (now.Trick)
        {
            case Trick.Pass when IsAsleep(other):
                SchedulingWorld.Wake(other, Burst);
                Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
                break;
            case Trick.WakeAll:
                foreach (SimulatedGuest sleeper in living.Where(it => it != guest && IsAsleep(it)))
                    SchedulingWorld.Wake(sleeper, Burst);
                Sleep(guest, later);
                break;
            case Trick.Sleep or Trick.Pass:
                Sleep(guest, later);
                break;
            case Trick.Yield:
                Scheduler.Yield(ref guest.Vcpu);
                break;
            case Trick.Down:
                Scheduler.Pause(ref guest.Vcpu, PauseReasons.Down);
                At(later, guest, () => Scheduler.Resume(ref guest.Vcpu, PauseReasons.Down));
                break;
            case Trick.Pin:
                Scheduler.TrySetAffinity(ref guest.Vcpu, now.Whom % 3 == 0 ? ulong.MaxValue : 1ul << (int)(now.Whom % Processors.All.Length));
                break;
            case Trick.Reboot:
                Reboot(later);
                break;
        }
    }

    private void Sleep(SimulatedGuest guest, ulong until)
    {
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        At(until, guest, () => SchedulingWorld.Wake(guest, Burst));
    }

    private static bool IsAsleep(SimulatedGuest guest) => (guest.Vcpu.PauseReasons & PauseReasons.Blocked) != 0;

    /// <summary>Does something later, unless it has rebooted meanwhile.</summary>
    private void At(ulong time, SimulatedGuest guest, Action action) => world.At(time, () =>
    {
        if (Array.IndexOf(living, guest) >= 0)
            action();
    });

    private void Reboot(ulong later)
    {
        foreach (SimulatedGuest guest in living)
            Scheduler.Pause(ref guest.Vcpu, PauseReasons.Domain);
        SimulatedGuest[] dead = living;
        living = [];
        world.At(later, () =>
        {
            DomainClock clock = dead[0].Domain.Share.Clock;
            ref Domain domain = ref dead[0].Domain;
            Stops.Begin(ref domain);
            for (TeardownPhase phase = TeardownPhase.Events; phase < TeardownPhase.WaitingForOthers; phase++)
                Releases.Complete(ref domain, phase);
            VcpuFrames.Remove(ref domain);
            DomainFrame.Remove(ref domain);
            Begin((uint)dead.Length, clock);
        });
    }
}
