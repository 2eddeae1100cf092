using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Grants;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>
/// Two processors, and a domain with a virtual CPU on each that is about to die on the first; on the first too, a peer that keeps a port for it and
/// can keep its record by a handle on a grant.
/// </summary>
internal sealed class Pair
{
    private const uint Reference = 9;

    /// <summary>The domain that dies.</summary>
    public TinyGuest Dying { get; }

    /// <summary>The other one.</summary>
    public TinyGuest Peer { get; }

    /// <summary>The port that the peer keeps for the one that dies.</summary>
    public uint KeptPort { get; }

    /// <summary>A new machine.</summary>
    public Pair()
    {
        TestMachine.Start();
        TestMachine.AddProcessors(1);
        Dying = new TinyGuest("dying", vcpus: 2);
        Peer = new TinyGuest("peer");
        ContextSwitch.ToNobody(ref TestMachine.Processor);
        ref VirtualCpu first = ref Dying.Domain.Vcpu(0), second = ref Dying.Domain.Vcpu(1);
        Assert.Equal(Errno.None, AddressSpaces.Get(ref second, Mfn.Of(first.KernelRoot)));
        (second.KernelRoot, second.KernelStack, second.Registers) = (first.KernelRoot, first.KernelStack, first.Registers);
        second.IsInitialised = true;
        Assert.True(Scheduler.TrySetAffinity(ref first, 1) && Scheduler.TrySetAffinity(ref Peer.Vcpu, 1) && Scheduler.TrySetAffinity(ref second, 2));
        Scheduler.Resume(ref second, PauseReasons.Down);
        RunOn(0, ref Peer.Vcpu);
        var (result, unbound) = Peer.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound,
            new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = Dying.Id });
        Assert.Equal(0, result);
        KeptPort = unbound.Port;
        RunOn(1, ref second);
        RunOn(0, ref first);
    }

    /// <summary>The virtual CPU on the second processor.</summary>
    public ref VirtualCpu Sibling => ref Dying.Domain.Vcpu(1);

    /// <summary>The peer maps a page of the one that dies.</summary>
    public void KeepRecord()
    {
        Assert.True(Dying.Domain.Grants.TryGrow(ref Dying.Domain, 1));
        Dying.Domain.Grants.Shown(Reference) = new GrantEntry
            { Flags = GrantFlags.PermitAccess, Domain = Peer.Id, Frame = (uint)Dying.Frames[20].Value };
        RunOn(0, ref Peer.Vcpu);
        var (result, map) = Peer.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, new GrantMap
            { HostAddress = TinyGuest.AddressOf(100), Flags = GrantMapFlags.HostMap, Reference = Reference, Domain = Dying.Id });
        Assert.Equal((0, GrantStatus.Okay), (result, map.Status));
        RunOn(0, ref Dying.Domain.Vcpu(0));
    }

    /// <summary>The first virtual CPU ends the domain; the second processor has not looked at its work yet.</summary>
    public void Die()
    {
        SimulatedProcessor.Number = 0;
        TinyGuest.Store(TinyGuest.AddressOf(12), new SchedShutdown { Reason = ShutdownReason.PowerOff });
        Assert.Equal(0, TinyGuest.Call(ref Dying.Domain.Vcpu(0), Hypercall.SchedOp, (ulong)SchedCommand.Shutdown, TinyGuest.AddressOf(12)));
        Settle();
        Assert.True(Scheduler.IsRunning(ref Sibling));
    }

    /// <summary>The second processor, where the sibling had entered and waited for the lock.</summary>
    public static void OnSecond(Action act)
    {
        uint before = SimulatedProcessor.Number;
        SimulatedProcessor.Number = 1;
        act();
        SimulatedProcessor.Number = before;
    }

    /// <summary>Slices of the teardown on the first processor.</summary>
    public static void TearDown()
    {
        SimulatedProcessor.Number = 0;
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
    }

    /// <summary>What a processor does on its way back into a guest, short of waiting.</summary>
    public static void Settle()
    {
        ref ProcessorState processor = ref TestMachine.Processor;
        for (int turn = 0; turn < 8 && (processor.Work != ProcessorWork.None || Scheduler.RunningOn(processor).IsNull); turn++)
        {
            ProcessorWork work = processor.Work;
            processor.Work = ProcessorWork.None;
            if ((work & ProcessorWork.Timer) != 0)
                TimerEvents.TakeInterrupt(ref processor);
            if (((work & ProcessorWork.Schedule) != 0 || Scheduler.RunningOn(processor).IsNull) && !Scheduler.TryChoose(ref processor, out _))
                return;
        }
    }

    /// <summary>Lets a virtual CPU run on a processor.</summary>
    public static void RunOn(uint number, ref VirtualCpu wanted)
    {
        SimulatedProcessor.Number = number;
        for (int turn = 0; turn < 10 && !(LoadedVcpus.All[number].Same(ref wanted) && Scheduler.IsRunning(ref wanted)); turn++)
        {
            TimeSource.Now += 50_000_000;
            TestMachine.Processor.Work |= ProcessorWork.Schedule;
            Link<VirtualCpu> running = Scheduler.RunningOn(TestMachine.Processor);
            if (!running.IsNull)
                Scheduler.Yield(ref running.Value);
            Settle();
        }

        Assert.True(LoadedVcpus.All[number].Same(ref wanted) && Scheduler.IsRunning(ref wanted));
    }
}
