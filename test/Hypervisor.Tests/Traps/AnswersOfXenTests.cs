using System;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>
/// What Xen answers at the edges of calls, where that is not what one would guess. The comparison of test/Calls with Debian's Xen is what these are
/// taken from.
/// </summary>
public sealed class AnswersOfXenTests
{
    private const int Requests = 12;

    private readonly TinyGuest initial, guest;

    public AnswersOfXenTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("Domain-0", initial: true);
        guest = new TinyGuest("one");
        initial.Enter();
    }

    private long Update(ulong pointer, ulong value, ulong domains = DomainIds.Self, ulong done = 0)
    {
        TinyGuest.Store(TinyGuest.AddressOf(Requests), new MmuUpdateRequest { Pointer = pointer, Value = value });
        return initial.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(Requests), 1, done, domains);
    }

    private long Extended(MmuExtendedCommand command, ulong first = 0, ulong second = 0, ulong done = 0, ulong domain = DomainIds.Self)
    {
        var operation = new MmuExtendedOperation { Command = command, Argument1 = first, Argument2 = second };
        TinyGuest.Store(TinyGuest.AddressOf(Requests), operation);
        return initial.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(Requests), 1, done, domain);
    }

    private ulong Place => initial.Frames[3].Address + 20 * 8;

    private ulong Same => DirectMap.At<ulong>(new(Place));

    [Fact]
    public void WhatWasDoneIsDoneThoughNobodyCanBeTold()
    {
        foreach (ulong done in (ReadOnlySpan<ulong>)[8, Layout.Start, TinyGuest.AddressOf(2), TinyGuest.AddressOf(48), ulong.MaxValue])
        {
            Assert.Equal(0, Update(Place, 0, done: done));
            Assert.Equal(0ul, Same);
            Assert.Equal(0, Update(Place, TinyGuest.Entry(initial.Frames[20], writable: true), done: done));
            Assert.Equal(0, Extended(MmuExtendedCommand.TlbFlushLocal, done: done));
        }
    }

    /// <summary>There is no operation 14: of another domain it is refused as what is about a virtual CPU is, of the own it does not exist.</summary>
    [Fact]
    public void AnOperationThatDoesNotExistIsToldByWhoIsMeant()
    {
        const MmuExtendedCommand none = (MmuExtendedCommand)14;
        Assert.Equal(-(long)Errno.NoSys, Extended(none));
        Assert.Equal(-(long)Errno.Perm, Extended(none, domain: guest.Id));
        Assert.Equal(-(long)Errno.Perm, Extended(MmuExtendedCommand.TlbFlushLocal, domain: guest.Id));
        Assert.Equal(-(long)Errno.NoSys, Extended((MmuExtendedCommand)uint.MaxValue, domain: guest.Id));
    }

    [Fact]
    public void WhoseFramesAreMapped()
    {
        ulong entry = TinyGuest.Entry(initial.Frames[20], writable: true);
        Assert.Equal(-(long)Errno.Srch, Update(Place, entry, initial.Id));
        Assert.Equal(-(long)Errno.Srch, Update(Place, entry, 77));
        // The hypervisor may be named where nothing of it is asked for; none of its frames can be had.
        Assert.Equal(0, Update(Place, Same, DomainIds.Xen));
        Assert.True(FrameAllocator.TryTake(0, out Mfn own));
        FrameTable.Of(own).Mark(Frame.CountUnit);
        foreach (bool writable in new[] { false, true })
        {
            Assert.True(Update(Place, TinyGuest.Entry(own, writable), DomainIds.Xen) < 0);
            Assert.Equal(-(long)Errno.Inval, Update(own.Address | (ulong)MmuUpdateCommand.MachphysUpdate, 5, DomainIds.Xen));
        }
        guest.Enter();
        Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(Requests), 1, 0, DomainIds.Xen));
    }

    [Fact]
    public void TheThirdBitOfAPointerIsPartOfTheCommand()
    {
        for (ulong command = 4; command < 8; command++)
            Assert.Equal(-(long)Errno.NoSys, Update(Place | command, 0));
        Assert.NotEqual(0ul, Same);
    }

    [Fact]
    public void ATableWithoutEntriesMayLieAnywhere()
    {
        Assert.Equal(0, Extended(MmuExtendedCommand.SetLdt, 1));
        Assert.Equal(0, Extended(MmuExtendedCommand.SetLdt, Layout.Start, 1ul << 32));
        Assert.Equal(-(long)Errno.Inval, Extended(MmuExtendedCommand.SetLdt, 1, 1));
        Assert.Equal(-(long)Errno.Inval, Extended(MmuExtendedCommand.SetLdt, Layout.Start, 1));
        Assert.Equal(-(long)Errno.Inval, Extended(MmuExtendedCommand.SetLdt, 0, 8193));
    }

    [Fact]
    public void AFlushWithoutAMaskIsInvalid()
    {
        foreach (MmuExtendedCommand command in new[] { MmuExtendedCommand.TlbFlushMulti, MmuExtendedCommand.InvalidatePageMulti })
        {
            foreach (ulong mask in (ReadOnlySpan<ulong>)[0, Layout.Start, ulong.MaxValue])
                Assert.Equal(-(long)Errno.Inval, Extended(command, 0, mask));
        }
    }

    [Fact]
    public void TheInitialDomainHasTheMachinesMap()
    {
        var map = new MemoryMap { EntryCount = 1, Buffer = TinyGuest.AddressOf(13) };
        Assert.Equal(-(long)Errno.NoSys, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MemoryMap, map).Result);
        guest.Enter();
        Assert.Equal(0, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MemoryMap, map).Result);
    }

    [Fact]
    public void TheFramesOfTheMachineToPhysicalTableAreTold()
    {
        ulong first = DirectMap.AddressOf(ref MachineToPhysical.All[0]) >> Mfn.Shift;
        var list = new MachphysMfnList { MaxExtents = 8, ExtentStart = TinyGuest.AddressOf(13) };
        (long result, MachphysMfnList told) = initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMfnList, list);
        ulong chunks = (MachineToPhysical.All.Length * 8 + 0x1f_ffff) >> 21;
        Assert.Equal((0L, (uint)chunks, first), (result, told.ExtentCount, TinyGuest.Load<ulong>(TinyGuest.AddressOf(13))));
        list.MaxExtents = 0;
        Assert.Equal(0u, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMfnList, list).Record.ExtentCount);
        list = new MachphysMfnList { MaxExtents = 1, ExtentStart = Layout.Start };
        Assert.Equal(-(long)Errno.Fault, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMfnList, list).Result);
    }

    [Fact]
    public void WhereNoMemoryCanBeNobodyIsPermitted()
    {
        ulong beyond = FrameTable.PhysicalLimit;
        foreach (TinyGuest who in new[] { initial, guest })
        {
            who.Enter();
            ulong entry = TinyGuest.Entry(new Mfn(beyond), writable: false), none = PageTableEntry.FrameMask | 5;
            Assert.Equal(-(long)Errno.Perm, who.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), entry, 0));
            Assert.Equal(-(long)Errno.Inval, who.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), none, 0));
        }
    }

    [Fact]
    public void WhoMeansItselfSaysSelf()
    {
        Assert.Equal(-(long)Errno.Srch, Update(Place, Same, (DomainIds.Self + 1ul) << 16 | DomainIds.Self));
        Assert.Equal(0, Update(Place, Same, (initial.Id + 1ul) << 16 | DomainIds.Self));
        Extended(MmuExtendedCommand.TlbFlushLocal);
        Assert.Equal(-(long)Errno.Srch, initial.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(Requests), 1, 0, initial.Id));
        Assert.Equal(-(long)Errno.Srch, initial.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(20), Same, 0, initial.Id));
    }

    [Fact]
    public void WhoAsksForNoFlushNamesNobody()
    {
        foreach (ulong mask in (ReadOnlySpan<ulong>)[8, Layout.Start, ulong.MaxValue & ~3ul])
        {
            foreach (ulong kind in (ReadOnlySpan<ulong>)[0, 3])
                Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), Same, mask | kind));
            foreach (ulong kind in (ReadOnlySpan<ulong>)[1, 2])
                Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), Same, mask | kind));
        }
    }

    [Fact]
    public void AMapWithoutABufferIsAQuestionForItsLength()
    {
        (long result, MemoryMap told) = initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachineMemoryMap, default(MemoryMap));
        Assert.Equal((0L, 3u), (result, told.EntryCount));
    }

    [Fact]
    public void WhatIsNoneOfTheRecordsBusiness()
    {
        Assert.Equal(-(long)Errno.Inval, initial.Call(Hypercall.XenVersion, (ulong)VersionCommand.PageSize, TinyGuest.AddressOf(13)));
        Assert.Equal(4096, initial.Call(Hypercall.XenVersion, (ulong)VersionCommand.PageSize));
        Assert.Equal(-(long)Errno.Inval, initial.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, 0, TinyGuest.AddressOf(13)));
        Assert.Equal(0, initial.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, 0, 0));
        Assert.Equal(-(long)Errno.TooBig, initial.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Read, 1ul << 31, TinyGuest.AddressOf(13)));
    }

    [Fact]
    public void ACopyToNobodyIsThatFirst()
    {
        foreach ((ushort from, ushort to, GrantStatus expected) in new[]
        {
            (DomainIds.Self, (ushort)77, GrantStatus.BadDomain), ((ushort)77, DomainIds.Self, GrantStatus.BadDomain),
            (guest.Id, DomainIds.Self, GrantStatus.PermissionDenied), (DomainIds.Self, guest.Id, GrantStatus.PermissionDenied),
        })
        {
            var copy = new GrantCopy { Length = 16 };
            (copy.Source.Domain, copy.Destination.Domain) = (from, to);
            (copy.Source.Frame, copy.Destination.Frame) = (initial.Frames[20].Value, initial.Frames[21].Value);
            Assert.Equal((0L, expected), initial.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.Copy, copy) is var told
                ? (told.Result, told.Record.Status) : default);
        }
    }

    [Fact]
    public void NobodyShutsItselfDownFromAfar()
    {
        var remote = new SchedRemoteShutdown { Domain = DomainIds.Self, Reason = ShutdownReason.PowerOff };
        Assert.Equal(-(long)Errno.Srch, initial.Ask(Hypercall.SchedOp, (ulong)SchedCommand.RemoteShutdown, remote).Result);
        Assert.True(initial.IsAlive);
    }

    [Fact]
    public void AXenstoresAnswersWaitForRoomByteByByte()
    {
        const uint bytes = 1024, requests = bytes / 16;
        ref XenstoreRing ring = ref DirectMap.At<XenstoreRing>(guest.Domain.Store.Frame.Address);
        guest.Enter();
        ring.RequestProducer = bytes;
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Store.Port);
        Assert.Equal(bytes, ring.ResponseProducer);
        for (uint read = 1; ring.ResponseProducer < requests * 23; read++)
        {
            // A guest that reads tells of it where the ring was full.
            ring.ResponseConsumer = read;
            HypervisorEnds.Send(ref guest.Domain, guest.Domain.Store.Port);
            Assert.Equal(bytes + read, ring.ResponseProducer);
        }
        Assert.Equal(bytes, ring.RequestConsumer);
        // Indexes that make no sense are not followed.
        ring.RequestProducer = ring.RequestConsumer + bytes + 1;
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Store.Port);
        Assert.Equal((bytes, requests * 23), (ring.RequestConsumer, ring.ResponseProducer));
    }

    [Fact]
    public void AXenstoreThatIsNotThereAnswersWithAnEvent()
    {
        uint port = guest.Domain.Store.Port;
        Assert.NotEqual(0u, port);
        ref XenstoreRing ring = ref DirectMap.At<XenstoreRing>(guest.Domain.Store.Frame.Address);
        guest.Enter();
        Assert.Equal(Errno.None, HypervisorEnds.Send(ref guest.Domain, port));
        Assert.False(EventChannels.IsPending(ref guest.Domain, port));
        // Type, request, transaction and length of a request without a body: DIRECTORY, 0x55, none, 0.
        ring.Request[0] = (byte)XenstoreMessageType.Directory;
        ring.Request[4] = 0x55;
        ring.RequestProducer = 16;
        Assert.Equal(Errno.None, HypervisorEnds.Send(ref guest.Domain, port));
        Assert.True(EventChannels.IsPending(ref guest.Domain, port));
        Assert.Equal((16u, 23u), (ring.RequestConsumer, ring.ResponseProducer));
        Assert.Equal(((byte)XenstoreMessageType.Error, (byte)0x55, (byte)7, (byte)'E'),
            (ring.Response[0], ring.Response[4], ring.Response[12], ring.Response[16]));
        // Linux tells of the header, and of the body only where the header has been taken.
        ring.Request[16 + 0] = (byte)XenstoreMessageType.Watch;
        ring.Request[16 + 4] = 0x66;
        ring.Request[16 + 12] = 9;
        for (uint produced = 17; produced < 16 + 16 + 9; produced++)
        {
            ring.RequestProducer = produced;
            Assert.Equal(Errno.None, HypervisorEnds.Send(ref guest.Domain, port));
            Assert.Equal((produced, 23u), (ring.RequestConsumer, ring.ResponseProducer));
        }
        ring.RequestProducer++;
        Assert.Equal(Errno.None, HypervisorEnds.Send(ref guest.Domain, port));
        Assert.Equal((41u, 46u, (byte)0x66), (ring.RequestConsumer, ring.ResponseProducer, ring.Response[23 + 4]));
        // The end stays, as the console's does: a guest cannot take it away from itself.
        var close = new EventClose { Port = port };
        Assert.Equal(-(long)Errno.Inval, guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Close, close).Result);
    }
}
