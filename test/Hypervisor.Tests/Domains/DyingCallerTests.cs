using System;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>
/// A domain dies on one processor while its other virtual CPU is on its way into the hypervisor on another: what it asked for is not done, and
/// nothing is taken from the domain before it is out. (From that its peers had a channel into a domain without a shared page, or one that never
/// went.)
/// </summary>
public sealed class DyingCallerTests
{
    private delegate void Way(ref VirtualCpu vcpu);

    private static readonly Way refused = Entry.GuestReturnRefused;

    private readonly Pair pair = new();

    private ref VirtualCpu Sibling => ref pair.Sibling;

    private void Call<T>(Hypercall number, ulong command, T record)
        where T : unmanaged
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, record);
        ref Registers registers = ref Sibling.Registers;
        (registers.Rax, registers.Rdi, registers.Rsi, registers.Rdx, registers.R10) = ((ulong)number, command, place, 1, 0);
        registers.Vector = 0x100;
        SystemCall.Perform(ref Sibling);
    }

    private void CallOf(string what)
    {
        ulong frame = pair.Dying.Frames[20].Value;
        switch (what)
        {
            case "bind": Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindInterdomain,
                new EventBindInterdomain { RemoteDomain = pair.Peer.Id, RemotePort = pair.KeptPort }); break;
            case "allocate": Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound,
                new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = pair.Peer.Id }); break;
            case "control block": Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.InitControl,
                new EventInitControl { ControlFrame = frame, Vcpu = 1 }); break;
            case "grant table": Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable,
                new GrantSetupTable { Domain = DomainIds.Self, FrameCount = 2, FrameList = TinyGuest.AddressOf(11) }); break;
            case "info": Call(Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterVcpuInfo, 0ul); break;
            case "memory": Call(Hypercall.MemoryOp, (ulong)MemoryCommand.IncreaseReservation,
                new MemoryReservation { ExtentCount = 1, Domain = DomainIds.Self }); break;
            default: Call(Hypercall.SchedOp, (ulong)SchedCommand.Block, 0ul); break;
        }
    }

    [Theory]
    [InlineData("bind")]
    [InlineData("allocate")]
    [InlineData("control block")]
    [InlineData("grant table")]
    [InlineData("info")]
    [InlineData("memory")]
    [InlineData("block")]
    public void ACallThatWaitedForTheLockIsNotMade(string what)
    {
        pair.Die();
        (uint open, ulong pages) = (pair.Dying.Domain.Events.OpenCount, pair.Dying.Domain.Memory.PageCount);
        Pair.OnSecond(() =>
        {
            Registers before = Sibling.Registers;
            CallOf(what);
            Assert.Equal(unchecked(before.Rip - 2), Sibling.Registers.Rip);
            Assert.NotEqual(ProcessorWork.None, TestMachine.Processor.Work & ProcessorWork.Schedule);
        });
        ref Domain domain = ref pair.Dying.Domain;
        Assert.Equal((open, pages, false, 0), (domain.Events.OpenCount, domain.Memory.PageCount, domain.Events.IsFifo, domain.Grants.FrameCount));
        Assert.Equal(PauseReasons.Domain, Sibling.PauseReasons);
        Pair.OnSecond(Pair.Settle);
        ushort id = domain.Id;
        Pair.TearDown();
        Assert.False(DomainTable.TryFind(id, out _));
    }

    /// <summary>The other side of the same: before the death each of them is made, so the test above would see it.</summary>
    [Theory]
    [InlineData("bind")]
    [InlineData("allocate")]
    [InlineData("control block")]
    [InlineData("grant table")]
    public void TheSameCallIsMadeByTheLiving(string what)
    {
        Pair.OnSecond(() =>
        {
            CallOf(what);
            Assert.Equal(0ul, Sibling.Registers.Rax);
        });
    }

    [Fact]
    public void NothingIsTakenBeforeTheSiblingIsOut()
    {
        pair.KeepRecord();
        pair.Die();
        ref Domain domain = ref pair.Dying.Domain;
        Mfn shared = domain.SharedInfoFrame;
        (uint open, uint rings) = (domain.Events.OpenCount, FrameTable.Of(domain.Console.Frame).TypeCount);
        Pair.TearDown();
        Assert.Equal((TeardownPhase.Events, open), (domain.Teardown.Phase, domain.Events.OpenCount));
        Assert.Equal(rings, FrameTable.Of(domain.Console.Frame).TypeCount);
        Assert.Equal((shared.Value, shared.Address), (domain.SharedInfoFrame.Value, DirectMap.AddressOf(ref domain.SharedInfo.Value)));
        Assert.NotEqual(0ul, Sibling.KernelRoot);
        Pair.OnSecond(Pair.Settle);
        Pair.TearDown();
        Assert.Equal((TeardownPhase.WaitingForOthers, 0u), (domain.Teardown.Phase, domain.Events.OpenCount));
        Assert.Equal(0ul, Remains.CountOf(ref domain));
    }

    /// <summary>What is left of a domain is its record; what is told to it goes to a page where nobody looks, not to where its page was.</summary>
    [Fact]
    public void TheLinksOfTheDeadLeadNowhere()
    {
        pair.KeepRecord();
        Mfn shared = pair.Dying.Domain.SharedInfoFrame;
        pair.Die();
        Pair.OnSecond(Pair.Settle);
        Pair.TearDown();
        ref Domain domain = ref pair.Dying.Domain;
        Assert.Equal(SharedFrames.Nowhere.Address, DirectMap.AddressOf(ref domain.SharedInfo.Value));
        for (uint number = 0; number < domain.VcpuCount; number++)
            Assert.Equal(SharedFrames.Nowhere.Value, Mfn.Of(DirectMap.AddressOf(ref domain.Vcpu(number).Info.Value)).Value);
        Arena.Words(shared).Clear();
        TwoLevelEvents.Raise(ref domain, 1);
        Delivery.Signal(ref domain.Vcpu(1));
        Assert.False(Arena.Words(shared).ContainsAnyExcept(0ul));
        Pair.RunOn(0, ref pair.Peer.Vcpu);
        var (sent, _) = pair.Peer.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Send, new EventSend { Port = pair.KeptPort });
        Assert.Equal(0, sent);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(6u)]
    [InlineData(13u)]
    [InlineData(0x80u)]
    public void ATrapOfTheStoppedIsForgotten(uint vector)
    {
        pair.Die();
        Pair.OnSecond(() =>
        {
            for (int handler = 0; handler < 256; handler++)
                Sibling.Traps.Addresses[handler] = TinyGuest.AddressOf(5);
            Sibling.Registers.Vector = vector;
            Unchanged((ref VirtualCpu vcpu) => WayIn.Trap(ref vcpu));
            Unchanged(refused);
        });
    }

    [Fact]
    public void APageFaultAndASystemCallOfTheStoppedAreForgotten()
    {
        pair.Die();
        Pair.OnSecond(() =>
        {
            Sibling.Traps.Addresses[14] = Sibling.SyscallCallback = TinyGuest.AddressOf(5);
            Unchanged((ref VirtualCpu vcpu) => WayIn.PageFault(ref vcpu, TinyGuest.AddressOf(3), 7));
            Unchanged((ref VirtualCpu vcpu) => WayIn.UserSyscall(ref vcpu));
            Sibling.Registers.Vector = 14;
            Unchanged(refused);
        });
    }

    private void Unchanged(Way way)
    {
        Registers before = Sibling.Registers;
        way(ref Sibling);
        Assert.Equal((before.Rip, before.Rsp, before.Rax, before.Rflags),
            (Sibling.Registers.Rip, Sibling.Registers.Rsp, Sibling.Registers.Rax, Sibling.Registers.Rflags));
    }

    /// <summary>An interrupt is not the guest's: it is ended, whoever it came to.</summary>
    [Fact]
    public void AnInterruptIsServedAllTheSame()
    {
        pair.Die();
        Pair.OnSecond(() =>
        {
            Sibling.Registers.Vector = Serai.Machine.Interrupts.LocalApic.TimerVector;
            Journal.Clear();
            WayIn.Trap(ref Sibling);
            Assert.Equal(1, Journal.Count(Act.EndInterrupt));
        });
    }

    [Fact]
    public void NoEndIsOpenedInOrTowardsADomainThatHasEnded()
    {
        var initial = new TinyGuest("initial", initial: true);
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref initial.Domain, pair.Peer.Id, hypervisor: false, out uint far));
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref pair.Peer.Domain, initial.Id, far, out uint near));
        Assert.Equal(Errno.None, EventChannels.Close(ref pair.Peer.Domain, near));
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref pair.Peer.Domain, initial.Id, hypervisor: false, out uint kept));
        foreach (DomainStage stage in (DomainStage[])[DomainStage.ShutDown, DomainStage.Dying])
        {
            initial.Domain.Stage = stage;
            Assert.Equal(Errno.Srch, EventChannels.BindInterdomain(ref pair.Peer.Domain, initial.Id, far, out _));
            Assert.Equal(Errno.Srch, EventChannels.AllocateUnbound(ref initial.Domain, pair.Peer.Id, hypervisor: false, out _));
            Assert.Equal(Errno.Srch, EventChannels.BindInterdomain(ref initial.Domain, pair.Peer.Id, kept, out _));
            Assert.Equal(Errno.Srch, VirtualInterrupts.Bind(ref initial.Domain, Virq.Timer, 0, out _));
        }
    }

    [Fact]
    public void AStoppedDomainIsResetOnlyOnceItIsOut()
    {
        var initial = new TinyGuest("initial", initial: true);
        Scheduler.TrySetAffinity(ref initial.Vcpu, 1);
        Stops.Begin(ref pair.Dying.Domain);
        Pair.RunOn(0, ref initial.Vcpu);
        uint open = pair.Dying.Domain.Events.OpenCount;
        bool waited = false;
        TinyGuest.WhileStopped = () =>
        {
            if (Scheduler.IsRunning(ref Sibling))
            {
                Assert.Equal(open, pair.Dying.Domain.Events.OpenCount);
                waited = true;
                Pair.OnSecond(Pair.Settle);
            }
        };
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref pair.Dying.Domain, initial.Id, hypervisor: false, out uint port));
        open++;
        var record = new EventReset { Domain = pair.Dying.Id };
        Assert.Equal(0, initial.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, record).Result);
        TinyGuest.WhileStopped = null;
        Assert.True(waited);
        Assert.False(EventChannels.IsOpen(ref pair.Dying.Domain, port));
    }

    /// <summary>The same of one virtual CPU: its record is moved, or it is given a context, when it is down and out.</summary>
    [Theory]
    [InlineData(VcpuCommand.RegisterVcpuInfo)]
    [InlineData(VcpuCommand.Initialise)]
    public void AVirtualCpuIsChangedByAnotherOnlyOnceItIsOut(VcpuCommand command)
    {
        ref VirtualCpu first = ref pair.Dying.Domain.Vcpu(0);
        Assert.Equal(0, TinyGuest.Call(ref first, Hypercall.VcpuOp, (ulong)VcpuCommand.Down, 1));
        Sibling.IsInitialised = command != VcpuCommand.Initialise;
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, new VcpuRegisterVcpuInfo { Frame = pair.Dying.Frames[20].Value });
        ref Registers registers = ref first.Registers;
        ulong behind = registers.Rip;
        for (int turn = 0; turn < 3; turn++)
        {
            (registers.Rax, registers.Rdi, registers.Rsi, registers.Rdx) = ((ulong)Hypercall.VcpuOp, (ulong)command, 1, place);
            (registers.Rip, registers.Vector) = (behind, 0x100);
            SystemCall.Perform(ref first);
            Assert.Equal((turn < 2, false), (registers.Rip != behind, turn < 2 && Sibling.Events.HasOwnInfo));
            if (turn == 1)
                Pair.OnSecond(Pair.Settle);
        }

        Assert.Equal(command == VcpuCommand.RegisterVcpuInfo, Sibling.Events.HasOwnInfo);
    }
}
