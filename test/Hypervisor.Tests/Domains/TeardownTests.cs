using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Grants;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>How long the end of a domain takes, however it has arranged its frames: others wait for it, and pay for nothing.</summary>
public sealed class TeardownTests
{
    private const int Pairs = 400;

    /// <summary>Many pinned tables, the frame behind each in the list held by it; the slices of the teardown.</summary>
    private static int SlicesOfTeardown(bool givenBack)
    {
        TestMachine.Start(mebibytes: 16);
        Preemption.Budget = 20;
        var guest = new TinyGuest("one", spare: 2 * Pairs);
        guest.Enter();
        for (int pair = 0; pair < Pairs; pair++)
        {
            Assert.True(Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn held));
            Assert.True(Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn table));
            Arena.Words(table)[0] = TinyGuest.Entry(held, writable: false);
            TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new MmuExtendedOperation
            {
                Command = MmuExtendedCommand.PinL1Table, Argument1 = table.Value,
            });
            Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(TinyGuest.RecordFrame), 1, 0, DomainIds.Self));
            Assert.True(!givenBack || FrameTable.PutAllocation(held));
        }

        ushort id = guest.Domain.Id;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.PowerOff);
        int slices = 0;
        for (; DomainTable.TryFind(id, out _) && slices < 100_000; slices++)
        {
            Preemption.Begin();
            Teardown.Step(ref TestMachine.Processor);
        }

        return slices;
    }

    [Fact]
    public void FramesThatGoWithTheirTablesMakeNoEndLonger()
    {
        int usual = SlicesOfTeardown(givenBack: false);
        Assert.InRange(SlicesOfTeardown(givenBack: true), 2, 2 * usual);
    }

    private const int Descriptors = 20, Area = 22, Table = 24, Foreign = 100;

    /// <summary>A guest that holds something of every room, and a peer that it shares ends and grants with.</summary>
    private static (TinyGuest Guest, TinyGuest Peer, uint PeersPort) Rich()
    {
        var peer = new TinyGuest("peer");
        var guest = new TinyGuest("rich", spare: 4096, vcpus: 3);
        guest.Domain.Rights.HasHardware = true;
        guest.Enter();
        for (int port = 0; port < 100; port++)
            Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref guest.Domain, peer.Id, hypervisor: false, out _));
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref peer.Domain, guest.Id, hypervisor: false, out uint peersPort));
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref guest.Domain, peer.Id, peersPort, out _));
        guest.Domain.Vcpu(1).Exchange.Begin(guest.Domain, default);
        Assert.True(guest.Domain.Vcpu(1).Exchange.TryAdd(ref guest.Domain, 64) && LargeExtents.TryBegin(ref guest.Domain, 10, 64));
        KeyboardFocus.Choose(guest.Id);
        for (uint number = 1; number < 3; number++)
        {
            ref VirtualCpu vcpu = ref guest.Domain.Vcpu(number);
            Assert.Equal(Errno.None, AddressSpaces.Get(ref vcpu, guest.Frames[0]));
            vcpu.KernelRoot = guest.Frames[0].Address;
        }

        HoldDescriptors(guest);
        Timers.Set(ref guest.Vcpu, TimerKind.Poll, SystemTime.Now + 1_000_000_000_000);
        Assert.Equal(Errno.None, EoiMap.Adopt(ref guest.Domain, guest.Frames[Area + 1].Value, unmasks: false));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Table), TinyGuest.Entry(guest.Frames[Table], writable: false)));
        Assert.Equal(Errno.None, Pins.Pin(ref guest.Domain, guest.Frames[Table], FrameType.L2));
        Grant(guest, peer);
        Grant(peer, guest);
        guest.Enter();
        return (guest, peer, peersPort);
    }

    private static void HoldDescriptors(TinyGuest guest)
    {
        foreach (int page in (int[])[Descriptors, Descriptors + 1])
        {
            TinyGuest.Store(TinyGuest.AddressOf(page), default(ulong));
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), TinyGuest.Entry(guest.Frames[page], writable: false)));
        }

        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), guest.Frames[Descriptors].Value);
        Assert.Equal(0, guest.Call(Hypercall.SetGdt, TinyGuest.AddressOf(TinyGuest.RecordFrame), 16));
        Assert.Equal(Errno.None, LocalDescriptors.Set(ref guest.Vcpu, new(TinyGuest.AddressOf(Descriptors + 1)), 8));
        Assert.True(LocalDescriptors.TryShowFor(ref guest.Vcpu, TestMachine.Processor.DescriptorWindow + 16 * Mfn.Size));
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuRegisterVcpuInfo { Frame = guest.Frames[Area].Value });
        Assert.Equal(Errno.None, VcpuInfoArea.Register(ref guest.Vcpu, ref guest.Vcpu, new(TinyGuest.AddressOf(TinyGuest.RecordFrame))));
    }

    /// <summary>One maps a page of the other's, for processors and for devices.</summary>
    private static void Grant(TinyGuest granter, TinyGuest user)
    {
        const uint reference = 9;
        Assert.True(granter.Domain.Grants.TryGrow(ref granter.Domain, 2));
        granter.Domain.Grants.Shown(reference) = new GrantEntry
            { Flags = GrantFlags.PermitAccess, Domain = user.Id, Frame = (uint)granter.Frames[30].Value };
        user.Enter();
        var (result, map) = user.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, new GrantMap
        {
            HostAddress = TinyGuest.AddressOf(Foreign), Flags = GrantMapFlags.HostMap | GrantMapFlags.DeviceMap, Reference = reference,
            Domain = granter.Id,
        });
        Assert.Equal((0, GrantStatus.Okay), (result, map.Status));
    }

    /// <summary>
    /// However small the pieces are in which a domain is torn down, it ends the same, the books are right after each of them, and of the domain
    /// nothing is left.
    /// </summary>
    [Theory]
    [InlineData(600_000)]
    [InlineData(3_000)]
    [InlineData(1)]
    public void ATeardownEndsTheSameInWhateverPieces(long budget)
    {
        TestMachine.Start(mebibytes: 32);
        ulong free = FrameAllocator.FreeCount;
        (TinyGuest guest, TinyGuest peer, uint peersPort) = Rich();
        (ushort id, ulong held) = (guest.Id, guest.Domain.StateFrames());
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.PowerOff);
        GroundState.Now.PreemptionPresentBudget = budget;
        int slices = 0;
        for (; slices < 50_000 && (slices == 0 || (TestMachine.Processor.Work & ProcessorWork.Teardown) != 0); slices++)
            Slice();
        Assert.True(budget > 1 || slices > (int)held);
        Assert.True(DomainTable.TryFind(id, out Link<Domain> dead), "others still use its grant");
        ref Domain remains = ref dead.Value;
        Assert.Equal((TeardownPhase.WaitingForOthers, 1ul, 1u), (remains.Teardown.Phase, remains.Memory.PageCount, remains.Grants.Outstanding));
        Assert.Equal((0u, -1), (peer.Domain.Grants.Outstanding, ConsoleState.Now.KeyboardFocusFocus));
        Assert.Equal(EventChannelState.Unbound, peer.Domain.Events.At(peersPort).State);
        DomainLife.ShutDown(ref peer.Domain, ShutdownReason.PowerOff);
        for (int turn = 0; DomainTable.TryFindFrom(0, out _) && turn < 50_000; turn++)
            Slice();
        Assert.False(DomainTable.TryFindFrom(0, out _));
        Assert.Equal(free, FrameAllocator.FreeCount);
    }

    [Fact]
    public void NoMoreVirtualCpusAreReleasedAtOnceThanTheShareAllows()
    {
        const uint count = 16;
        TestMachine.Start();
        var guest = new TinyGuest("many", vcpus: count);
        guest.Enter();
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.PowerOff);
        GroundState.Now.PreemptionPresentBudget = 1;
        for (int slices = 0; guest.Domain.Teardown.Phase != TeardownPhase.VirtualCpus && slices < 1000; slices++)
            Slice();
        for (uint released = guest.Domain.Teardown.Cursor; released < count; released++)
        {
            Assert.Equal((TeardownPhase.VirtualCpus, released), (guest.Domain.Teardown.Phase, guest.Domain.Teardown.Cursor));
            Slice();
        }
    }

    /// <summary>What is charged in all for the end of a domain while so many that died before it wait, since others use their grants.</summary>
    private static long ChargeBesideWaiting(int waiting)
    {
        const long budget = 3;
        TestMachine.Start(mebibytes: 32);
        Preemption.Budget = budget;
        var user = new TinyGuest("user");
        for (int number = 0; number < waiting; number++)
        {
            var granter = new TinyGuest("waiting" + number);
            Grant(granter, user);
            DomainLife.ShutDown(ref granter.Domain, ShutdownReason.PowerOff);
        }

        while (Teardown.Step(ref TestMachine.Processor))
            Preemption.Begin();
        var guest = new TinyGuest("last");
        ushort id = guest.Id;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.PowerOff);
        long charged = 0;
        for (bool goesOn = true; goesOn; charged += budget * 1000 - Preemption.Left)
        {
            Preemption.Begin();
            goesOn = Teardown.Step(ref TestMachine.Processor);
        }

        Assert.False(DomainTable.TryFind(id, out _));
        Assert.Equal(waiting, Enumerable.Range(0, id).Count(it => DomainTable.TryFind((ushort)it, out Link<Domain> left)
            && left.Value.Teardown.Phase == TeardownPhase.WaitingForOthers));
        return charged;
    }

    /// <summary>However many wait, each slice costs the same: they are looked at before the first one, and behind the last.</summary>
    [Fact]
    public void WhoWaitsForOthersMakesNoSliceDearer()
    {
        const int waiting = 12;
        long alone = ChargeBesideWaiting(0), beside = ChargeBesideWaiting(waiting);
        Assert.InRange(beside - alone, waiting * (long)Cost.DyingPassed, 2 * waiting * (long)Cost.DyingPassed);
    }

    private static void Slice()
    {
        TestMachine.Processor.Work = ProcessorWork.None;
        Preemption.Begin();
        Teardown.Step(ref TestMachine.Processor);
        Assert.Empty(FrameOracle.Look(null));
    }
}
