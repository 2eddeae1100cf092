using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>What a domain may not do to memory: each gate refuses with its error, and nothing has changed.</summary>
public sealed class GateTests
{
    private const int Page = 20, Table = 21;

    private readonly TinyGuest initial, user;

    public GateTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("initial", initial: true);
        user = new TinyGuest("user");
        user.Enter();
    }

    private static long Update(TinyGuest guest, ulong place, ulong value, ulong domains)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest { Pointer = place, Value = value });
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, domains);
    }

    private static long Extended(TinyGuest guest, MmuExtendedOperation operation)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), operation);
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    /// <summary>Entries above level 1 name tables of the same owner, even for the domain that may map others' frames.</summary>
    [Fact]
    public void ATableOfLevel2NamesNoTableOfAnother()
    {
        Assert.Equal(0, user.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Table), 0, 0));
        initial.Enter();
        ulong place = initial.Frames[2].Address + 8;
        Assert.Equal(-(long)Errno.Inval, Update(initial, place, TinyGuest.Entry(user.Frames[Table], writable: true), user.Id));
        Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Table), 0, 0));
        ulong own = TinyGuest.Entry(initial.Frames[Table], writable: true);
        Assert.Equal(-(long)Errno.Inval, Update(initial, place, own, user.Id));
        Assert.Equal(0ul, Arena.Words(initial.Frames[2])[1]);
        Assert.Equal(0, Update(initial, place, own, DomainIds.Self));
    }

    /// <summary>Both ends of the hypervisor's part of a root, which a guest does not even make empty, and the guest's own beside them.</summary>
    [Theory]
    [InlineData(255, Errno.None)]
    [InlineData(256, Errno.Inval)]
    [InlineData(271, Errno.Inval)]
    [InlineData(272, Errno.None)]
    public void TheHypervisorsSlotsOfARootAreItsOwn(int slot, Errno expected)
    {
        ulong before = Arena.Words(user.Frames[0])[slot];
        Assert.Equal(-(long)expected, Update(user, user.Frames[0].Address + (ulong)slot * 8, 0, DomainIds.Self));
        Assert.Equal(expected == Errno.None ? 0 : before, Arena.Words(user.Frames[0])[slot]);
    }

    /// <summary>The domain with the hardware maps what is no memory, but not what interrupts all processors.</summary>
    [Fact]
    public void NobodyMapsTheInterruptControllers()
    {
        const ulong attributes = 7;
        initial.Enter();
        ulong place = initial.Frames[3].Address + 100 * 8;
        foreach (Mfn controller in (Mfn[])[LocalApic.Frame, new(0xfec00)])
            Assert.Equal(-(long)Errno.Perm, Update(initial, place, controller.Address | attributes, DomainIds.Io));
        Assert.Equal(0ul, Arena.Words(initial.Frames[3])[100]);
        Assert.Equal(0, Update(initial, place, LocalApic.Frame.Address - 4096 | attributes, DomainIds.Io));
        user.Enter();
        Assert.Equal(-(long)Errno.Perm, Update(user, user.Frames[3].Address + 100 * 8, LocalApic.Frame.Address - 4096 | attributes, DomainIds.Self));
    }

    [Theory]
    [InlineData(MmuExtendedCommand.FlushCache)]
    [InlineData(MmuExtendedCommand.FlushCacheGlobal)]
    public void OnlyWithHardwareAreCachesFlushed(MmuExtendedCommand command)
    {
        Journal.Clear();
        Assert.Equal(-(long)Errno.Access, Extended(user, new() { Command = command }));
        Assert.Equal(0, Journal.Count(Act.WriteBackCaches));
        initial.Enter();
        Assert.Equal(0, Extended(initial, new() { Command = command }));
        Assert.Equal(1, Journal.Count(Act.WriteBackCaches));
    }

    [Fact]
    public void WithoutPrivilegeNoOtherDomainIsNamed()
    {
        ulong place = user.Frames[3].Address + 100 * 8;
        Assert.Equal(-(long)Errno.Perm, Update(user, place, TinyGuest.Entry(initial.Frames[Page], writable: false), initial.Id));
        Assert.Equal(-(long)Errno.Perm, Update(user, initial.Frames[3].Address + 100 * 8, 0, (ulong)(initial.Id + 1) << 16 | DomainIds.Self));
        Assert.Equal(0ul, Arena.Words(user.Frames[3])[100]);
    }

    /// <summary>As in Xen a domain is looked for before it is asked whether one may: who may not is told so of those that there are.</summary>
    [Fact]
    public void WhereThereIsNoDomainNobodyIsForbiddenAnything()
    {
        const ushort none = 77;
        foreach ((ushort id, Errno expected) in new[] { (none, Errno.Srch), (initial.Id, Errno.Perm) })
        {
            Assert.Equal(-(long)expected, Update(user, user.Frames[3].Address + 100 * 8, 0, id));
            Assert.Equal(-(long)expected, Update(user, user.Frames[3].Address + 100 * 8, 0, (ulong)(id + 1) << 16 | DomainIds.Self));
            Assert.Equal(-(long)expected, user.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, id));
            Assert.Equal(-(long)expected, user.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(Page), 0, 0, id));
            Assert.Equal(-(long)expected,
                user.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, new MemoryDomain { Domain = id }).Result);
            Assert.Equal(-(long)expected,
                user.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Status, new EventStatus { Domain = id, Port = 1 }).Result);
            Assert.Equal(-(long)expected, ShutDownRemotely(id));
        }

        Assert.Equal(-(long)Errno.Perm, ShutDownRemotely(user.Id));
        foreach (ushort reserved in new[] { DomainIds.Io, DomainIds.Xen })
            Assert.Equal(-(long)Errno.Perm, Update(user, user.Frames[3].Address + 100 * 8, 0, reserved));
        Assert.True(user.IsAlive && initial.IsAlive);
    }

    private long ShutDownRemotely(ushort id)
        => user.Ask(Hypercall.SchedOp, (ulong)SchedCommand.RemoteShutdown,
            new SchedRemoteShutdown { Domain = id, Reason = ShutdownReason.PowerOff }).Result;

    [Theory]
    [InlineData(Layout.Start)]
    [InlineData(Layout.DirectMap)]
    public void AnLdtInTheHypervisorIsRefused(ulong address)
    {
        Assert.Equal(-(long)Errno.Inval, Extended(user, new() { Command = MmuExtendedCommand.SetLdt, Argument1 = address, Argument2 = 16 }));
        Assert.Equal(0u, user.Vcpu.Descriptors.LocalEntries);
    }

    /// <summary>What a guest has in the hypervisor's slots of a table is neither looked at nor kept when that becomes a top-level one.</summary>
    [Fact]
    public void WhatIsInTheHypervisorsSlotsIsNotTaken()
    {
        Mfn root = user.Frames[Page];
        Arena.Words(root)[Layout.FirstSlot + 1] = TinyGuest.Entry(initial.Frames[1], writable: true);
        Assert.Equal(0, user.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Page), 0, 0));
        Assert.Equal(0, Extended(user, new() { Command = MmuExtendedCommand.PinL4Table, Argument1 = root.Value }));
        Assert.Equal(Arena.Words(user.Frames[0])[Layout.FirstSlot + 1], Arena.Words(root)[Layout.FirstSlot + 1]);
        Assert.Equal(0, Extended(user, new() { Command = MmuExtendedCommand.UnpinTable, Argument1 = root.Value }));
        Assert.Equal(0u, FrameTable.Of(root).TypeCount);
    }

    /// <summary>The page that the hypervisor writes to stays the domain's, however it asks.</summary>
    [Fact]
    public void ASharedPageIsNotGivenBack()
    {
        Mfn shared = user.Domain.SharedInfoFrame;
        ulong pages = user.Domain.Memory.PageCount;
        TinyGuest.Store(TinyGuest.AddressOf(12), shared.Value);
        var reservation = new MemoryReservation { ExtentStart = TinyGuest.AddressOf(12), ExtentCount = 1, Domain = DomainIds.Self };
        Assert.Equal(0, user.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, reservation).Result);
        Assert.Equal((pages, user.Id), (user.Domain.Memory.PageCount, FrameTable.Of(shared).Owner));
        Assert.True(FrameTable.Of(shared).Has(Frame.Allocated));
    }

    /// <summary>A domain that maps another's table for reading cannot have its stores to it emulated.</summary>
    [Fact]
    public void AStoreIntoTheTableOfAnotherIsNotEmulated()
    {
        initial.Enter();
        Assert.Equal(0, initial.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
        ulong window = TinyGuest.AddressOf(100), handler = TinyGuest.AddressOf(5);
        Assert.Equal(0, Update(initial, initial.Frames[3].Address + 100 * 8, TinyGuest.Entry(user.Frames[3], writable: false), user.Id));
        initial.Vcpu.Traps.Addresses[14] = handler;
        // mov %rax, (%rdi)
        TinyGuest.Store(initial.Vcpu.Registers.Rip, 0x0789_48ul);
        (initial.Vcpu.Registers.Rax, initial.Vcpu.Registers.Rdi) = (0, window + Page * 8);
        ulong before = Arena.Words(user.Frames[3])[Page];
        PageFault.Handle(ref initial.Vcpu, window + Page * 8, 7);
        Assert.Equal((before, handler), (Arena.Words(user.Frames[3])[Page], initial.Vcpu.Registers.Rip));
    }

    /// <summary>Where a virtual CPU runs is policy: only the privileged may pin, itself included.</summary>
    [Fact]
    public void WithoutPrivilegeNobodyIsPinned()
    {
        var pin = new SchedPinOverride { Pcpu = 0 };
        Assert.Equal(-(long)Errno.Perm, user.Ask(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, pin).Result);
        Assert.Equal(0ul, user.Vcpu.Turn.UsualAffinity);
        initial.Enter();
        Assert.Equal(0, initial.Ask(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, pin).Result);
    }

    /// <summary>
    /// What is taken of a domain whose building then fails is taken of nobody: its record goes at once. So it cannot be named before it is whole.
    /// </summary>
    [Fact]
    public void ADomainThatIsBeingBuiltCannotBeNamed()
    {
        var half = new TinyGuest("half");
        half.Domain.Stage = DomainStage.Building;
        initial.Enter();
        ulong place = initial.Frames[3].Address + 100 * 8;
        Assert.Equal(-(long)Errno.Srch, Update(initial, place, TinyGuest.Entry(half.Frames[Page], writable: true), half.Id));
        Assert.Equal(-(long)Errno.Srch,
            initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumGpfn, new MemoryDomain { Domain = half.Id }).Result);
        Assert.Equal(-(long)Errno.Srch, initial.Ask(
            Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound, new EventAllocUnbound { Domain = half.Id }).Result);
        Assert.Equal(GrantStatus.BadDomain, initial.Ask(
            Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, new GrantSetupTable { Domain = half.Id, FrameCount = 1 }).Record.Status);
        Assert.Equal(1u, FrameTable.Of(half.Frames[Page]).TypeCount);
        user.Enter();
        Assert.Equal(-(long)Errno.Srch,
            user.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, new MemoryDomain { Domain = half.Id }).Result);
        initial.Enter();
        half.Domain.Stage = DomainStage.Alive;
        Assert.Equal(0, Update(initial, place, TinyGuest.Entry(half.Frames[Page], writable: true), half.Id));
    }
}
