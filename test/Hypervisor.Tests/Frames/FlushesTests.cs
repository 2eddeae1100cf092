using Serai.Abi;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Grants;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Frames;

/// <summary>
/// Which processors are asked to forget, and that none that may remember is left out. There are two; the simulated buffers forget nothing by
/// themselves.
/// </summary>
public sealed class FlushesTests
{
    private const int Victim = 20;

    private static readonly ulong page = TinyGuest.AddressOf(Victim) >> 12;

    public FlushesTests()
    {
        TestMachine.Start(load: FirmwareTables.Processors(2));
    }

    private static void Enter(uint processor, ref VirtualCpu vcpu)
    {
        SimulatedProcessor.Number = processor;
        ContextSwitch.To(ref Processors.All[processor].Value, ref vcpu);
    }

    /// <summary>The second virtual CPU takes over what the first was given at the start: its address space.</summary>
    private static TinyGuest TwoHeaded()
    {
        var guest = new TinyGuest("two", vcpus: 2);
        guest.Domain.Vcpu(1).KernelRoot = guest.Domain.Vcpu(0).KernelRoot;
        return guest;
    }

    private static long Pin(TinyGuest guest, Mfn frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = MmuExtendedCommand.PinL1Table, Argument1 = frame.Value });
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    [Fact]
    public void WhatAnotherProcessorRemembersIsForgottenBeforeTheFrameIsATable()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Assert.True(Translations.PagesOf(1).ContainsKey(page), "the simulated buffer forgets by itself");
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }

    [Fact]
    public void WhatAnotherProcessorRemembersIsForgottenBeforeTheFrameIsAnothers()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        TinyGuest.Store(TinyGuest.AddressOf(12), guest.Frames[Victim].Value);
        var reservation = new MemoryReservation { ExtentStart = TinyGuest.AddressOf(12), ExtentCount = 1, Domain = DomainIds.Self };
        Assert.Equal(1, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, reservation).Result);
        while (Hypervisor.Frames.FrameAllocator.TryTake(0, out Mfn frame) && frame != guest.Frames[Victim])
        {
        }
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void AProcessorOfAnotherDomainIsAskedOnlyIfThatMapsForeignFrames(bool mapsForeign, int asked)
    {
        var guest = new TinyGuest("one");
        var other = new TinyGuest("other");
        other.Domain.Memory.MapsForeign = mapsForeign;
        Enter(1, ref other.Vcpu);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Journal.Clear();
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.Equal(asked, Journal.Count(Act.Request));
    }

    private static long Update(TinyGuest caller, ulong place, ulong entry, ulong domains)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest { Pointer = place, Value = entry });
        return caller.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, domains);
    }

    /// <summary>
    /// Who remembers a frame of another's is who has the tables, not who wrote them: the initial domain maps a frame of one domain into the tables of
    /// a second, which uses it, and takes it out again. When the frame has become a table of its owner's, the second must not reach it any more.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAThirdDomainMapsIntoAnothersTablesIsForgotten(bool usedBefore)
    {
        var initial = new TinyGuest("initial", initial: true);
        var user = new TinyGuest("user");
        var owner = new TinyGuest("owner");
        const int window = 100;
        Mfn victim = owner.Frames[Victim];
        if (!usedBefore)
        {
            // A frame that was never writable before is not of the usual kind: the other way through Level1Entries.
            Enter(0, ref owner.Vcpu);
            Assert.Equal(0, owner.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
            Assert.Equal(0, Pin(owner, victim));
            TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = MmuExtendedCommand.UnpinTable, Argument1 = victim.Value });
            Assert.Equal(0, owner.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self));
        }

        ulong domains = (ulong)(user.Id + 1) << 16 | owner.Id, place = user.Frames[3].Address + window * 8;
        Enter(0, ref initial.Vcpu);
        Assert.Equal(0, Update(initial, place, TinyGuest.Entry(victim, writable: true), domains));
        Assert.Equal((true, false), (user.Domain.Memory.MapsForeign, initial.Domain.Memory.MapsForeign));
        Enter(1, ref user.Vcpu);
        TinyGuest.Store(TinyGuest.AddressOf(window), 0ul);
        Enter(0, ref initial.Vcpu);
        Assert.Equal(0, Update(initial, place, 0, domains));
        Enter(0, ref owner.Vcpu);
        if (usedBefore)
            Assert.Equal(0, owner.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Assert.Equal(0, Pin(owner, victim));
        SimulatedProcessor.Number = 1;
        Assert.False(TinyGuest.TryStore(TinyGuest.AddressOf(window), owner.Frames[0].Address | 0x67));
        Assert.Equal(0ul, Arena.Words(victim)[0]);
    }

    /// <summary>The same by a grant, where the one who maps is the one who has the tables.</summary>
    [Fact]
    public void WhatAGrantHasMappedIsForgotten()
    {
        var user = new TinyGuest("user");
        var granter = new TinyGuest("granter");
        const int window = 100;
        const uint reference = 9;
        Assert.True(granter.Domain.Grants.TryGrow(ref granter.Domain, 1));
        ShownEntries.Shown(ref granter.Domain.Grants, reference) = new GrantEntry
            { Flags = GrantFlags.PermitAccess, Domain = user.Id, Frame = (uint)granter.Frames[Victim].Value };
        Enter(1, ref user.Vcpu);
        (_, GrantMap map) = user.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, new GrantMap
            { HostAddress = TinyGuest.AddressOf(window), Flags = GrantMapFlags.HostMap, Reference = reference, Domain = granter.Id });
        Assert.Equal(GrantStatus.Okay, map.Status);
        TinyGuest.Store(TinyGuest.AddressOf(window), 0ul);
        // Overwritten behind the handle's back: no flush is asked for.
        Assert.Equal(0, user.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(window), 0, 0));
        Enter(0, ref granter.Vcpu);
        Assert.Equal(0, granter.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Assert.Equal(0, Pin(granter, granter.Frames[Victim]));
        SimulatedProcessor.Number = 1;
        Assert.False(TinyGuest.TryStore(TinyGuest.AddressOf(window), granter.Frames[0].Address | 0x67));
    }

    [Fact]
    public void AProcessorThatHoldsNobodyIsNotAsked()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        ContextSwitch.ToNobody(ref Processors.All[1].Value);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Journal.Clear();
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.Equal(0, Journal.Count(Act.Request));
    }

    [Fact]
    public void AProcessorIsAskedOnceForMany()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        Enter(0, ref guest.Vcpu);
        for (int frame = Victim; frame < Victim + 4; frame++)
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(frame), 0, 0));
        Journal.Clear();
        for (int frame = Victim; frame < Victim + 4; frame++)
            Assert.Equal(0, Pin(guest, guest.Frames[frame]));
        Assert.Equal(1, Journal.Count(Act.Request));
    }

    [Theory]
    [InlineData(1ul, false)]
    [InlineData(2ul, true)]
    [InlineData(3ul, true)]
    [InlineData(ulong.MaxValue, true)]
    public void AGuestsOwnFlushReachesTheVirtualProcessorsThatItNames(ulong vcpus, bool reaches)
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        TinyGuest.Store(TinyGuest.AddressOf(12), vcpus);
        TinyGuest.Store(TinyGuest.AddressOf(11),
            new MmuExtendedOperation { Command = MmuExtendedCommand.TlbFlushMulti, Argument2 = TinyGuest.AddressOf(12) });
        Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self));
        Assert.Equal(!reaches, Translations.PagesOf(1).ContainsKey(page));
    }

    [Fact]
    public void ARequestIsServedByHimWhoWaitsForTheLock()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Processors.All[1].Value.Request = 1;
        Hypervisor.Traps.ProcessorRequests.Serve(ref Processors.All[1].Value);
        Assert.Equal(1ul, Processors.All[1].Value.Served);
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }

    /// <summary>The taker may use the frame as soon as its entry says that it is there, from a processor of its own.</summary>
    [Fact]
    public void AFrameThatChangesHandsIsForgottenBeforeItsTakerIsTold()
    {
        const uint reference = 9;
        var taker = new TinyGuest("taker");
        TinyGuest giver = TwoHeaded();
        Enter(0, ref taker.Vcpu);
        var table = new GrantSetupTable
            { Domain = DomainIds.Self, FrameCount = 1, FrameList = TinyGuest.AddressOf(TinyGuest.RecordFrame) + 256 };
        Assert.Equal(0, taker.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, table).Result);
        taker.Domain.Grants.Shown(reference) = new GrantEntry { Flags = GrantFlags.AcceptTransfer, Domain = giver.Id };
        Enter(1, ref giver.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref giver.Vcpu);
        Assert.Equal(0, giver.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        int told = 0, remembered = 0;
        Moments.Pass = () =>
        {
            bool isTold = (taker.Domain.Grants.Shown(reference).Flags & GrantFlags.TransferCompleted) != 0;
            told += isTold ? 1 : 0;
            remembered += isTold && Translations.PagesOf(1).ContainsKey(page) ? 1 : 0;
        };
        var transfer = new GrantTransfer { Frame = giver.Frames[Victim].Value, Domain = taker.Id, Reference = reference };
        (long result, GrantTransfer answer) = giver.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.Transfer, transfer);
        Moments.Pass = null;
        Assert.Equal((0, GrantStatus.Okay), (result, answer.Status));
        Assert.True(told > 0, "nobody looked");
        Assert.Equal(0, remembered);
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }
}
