using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>Mapping and unmapping: what is held meanwhile, every refusal, and that a refusal leaves nothing behind.</summary>
public sealed class MapTests
{
    private const GrantFlags Marks = GrantFlags.Reading | GrantFlags.Writing;
    private static readonly ulong window = TinyGuest.AddressOf(GrantPair.Window);
    private readonly GrantPair pair = new();

    [Theory]
    [InlineData(GrantMapFlags.None, 2u, 1u, GrantFlags.Reading | GrantFlags.Writing)]
    [InlineData(GrantMapFlags.ReadOnly, 2u, 0u, GrantFlags.Reading)]
    [InlineData(GrantMapFlags.DeviceMap, 3u, 2u, GrantFlags.Reading | GrantFlags.Writing)]
    [InlineData(GrantMapFlags.DeviceMap | GrantMapFlags.ReadOnly, 3u, 0u, GrantFlags.Reading)]
    public void MappingHoldsAndUnmappingGivesBack(GrantMapFlags flags, uint count, uint typed, GrantFlags marks)
    {
        TypedReferences.Get(pair.Granted, FrameType.Writable, pair.Granter.Id, ref pair.Granter.Domain);
        TypedReferences.Put(pair.Granted);
        pair.Granter.Enter();
        pair.Granter.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(GrantPair.Page), 0);
        pair.User.Enter();
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9, flags));
        Assert.Equal(GrantStatus.Okay, map.Status);
        Assert.Equal(pair.Granted.Address, map.DeviceBusAddress);
        Assert.Equal((count, typed), pair.Counts);
        Assert.Equal(GrantFlags.PermitAccess | marks, pair.Entry(9).Flags);
        Assert.Equal(pair.Granted.Value, PageTableEntry.FrameOf(pair.WindowEntry).Value);
        Assert.Equal((flags & GrantMapFlags.ReadOnly) == 0, (pair.WindowEntry & PageTableEntry.Writable) != 0);
        pair.ExpectBooks();
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window, (flags & GrantMapFlags.DeviceMap) != 0 ? map.DeviceBusAddress : 0));
        Assert.Equal((1u, 0u), pair.Counts);
        Assert.Equal((GrantFlags.PermitAccess, 0ul, 0ul), (pair.Entry(9).Flags, pair.Pins(9), pair.WindowEntry));
        Assert.Equal(GrantStatus.BadHandle, pair.Unmap(map.Handle, window));
        pair.ExpectBooks();
        pair.EndAll();
    }

    [Fact]
    public void UserSeesWhatTheGranterWrites()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.ApplicationMap));
        DirectMap.At<ulong>(pair.Granted.Address + 8) = 0x5e2a1;
        Assert.Equal(0x5e2a1ul, TinyGuest.Load<ulong>(window + 8));
        TinyGuest.Store(window, 42ul);
        Assert.Equal(42ul, DirectMap.At<ulong>(pair.Granted.Address));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window));
        Assert.False(TinyGuest.TryStore(window, 43ul));
    }

    [Fact]
    public void MarksGoOnlyAfterTheFlush()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9));
        TinyGuest.Store(window, 1ul);
        uint before = Tlb.Clock;
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window));
        Assert.Equal(before + 1, Tlb.Clock);
        Assert.DoesNotContain(window >> Mfn.Shift, Translations.Pages.Keys);
    }

    [Fact]
    public void EntryByItsMachineAddress()
    {
        pair.Grant(9);
        GrantMap request = pair.MapRequest(9, GrantMapFlags.ContainsPte | (GrantMapFlags)(1 << 16));
        ulong place = pair.User.Frames[3].Address + GrantPair.Window * 8;
        foreach (ulong bad in (ulong[])[place + 1, place + 4, pair.User.Frames[2].Address, pair.User.Frames[30].Address,
            pair.Granter.Frames[3].Address, ulong.MaxValue - 7, FrameTable.All.Length << 12, 0])
        {
            request.HostAddress = bad;
            Assert.Equal(GrantStatus.GeneralError, pair.Map(request).Status);
            Assert.Equal((GrantFlags.PermitAccess, 0ul), (pair.Entry(9).Flags, pair.Pins(9)));
        }
        request.HostAddress = place;
        GrantMap map = pair.Map(request);
        Assert.Equal(GrantStatus.Okay, map.Status);
        Assert.Equal(1ul << 9, pair.WindowEntry & 0xe00);
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(map.Handle, place + 8));
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(map.Handle, place + 4));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, place));
        pair.EndAll();
    }

    [Theory]
    [InlineData(GrantFlags.Invalid)]
    [InlineData(GrantFlags.AcceptTransfer)]
    [InlineData(GrantFlags.Transitive)]
    [InlineData(GrantFlags.PermitAccess | GrantFlags.SubPage)]
    [InlineData(GrantFlags.PermitAccess | GrantFlags.ReadOnly)]
    public void EntryThatDoesNotPermit(GrantFlags flags)
    {
        pair.Grant(9);
        pair.Entry(9).Flags = flags;
        Refused(pair.MapRequest(9), GrantStatus.GeneralError);
    }

    [Fact]
    public void EveryRefusalLeavesNothingBehind()
    {
        pair.Grant(9);
        GrantMap good = pair.MapRequest(9, GrantMapFlags.DeviceMap);
        Refused(good with { Flags = GrantMapFlags.ReadOnly }, GrantStatus.BadGrantRef);
        Refused(good with { Reference = 512 }, GrantStatus.BadGrantRef);
        Refused(good with { Reference = uint.MaxValue }, GrantStatus.BadGrantRef);
        Refused(good with { Domain = 77 }, GrantStatus.BadDomain);
        Refused(good with { Domain = DomainIds.Self }, GrantStatus.BadDomain);
        Refused(good with { Domain = pair.Stranger.Id }, GrantStatus.GeneralError);
        Refused(good with { Domain = 0 }, GrantStatus.BadGrantRef);
        Refused(good with { HostAddress = Layout.Start }, GrantStatus.GeneralError);
        Refused(good with { HostAddress = 0x8000_0000_0000 }, GrantStatus.GeneralError);
        Refused(good with { HostAddress = TinyGuest.Origin + (1ul << 30) }, GrantStatus.GeneralError);
        pair.Grant(9, frame: pair.User.Frames[GrantPair.Page]);
        Refused(good, GrantStatus.BadPage);
        pair.Grant(9, frame: new Mfn(uint.MaxValue));
        Refused(good, GrantStatus.BadPage);
        pair.Grant(9, frame: pair.Granter.Frames[3]);
        Refused(good, GrantStatus.GeneralError);
        pair.Grant(9);
        pair.Entry(9).Domain = pair.Stranger.Id;
        Refused(good, GrantStatus.GeneralError);
        Assert.Equal(0ul, pair.User.Domain.Grants.Maptrack.Count);
        pair.EndAll();
    }

    /// <summary>Who uses a grant is its user until the last use has ended, whomever its entry names by then.</summary>
    [Fact]
    public void AGrantInUseIsNobodyElses()
    {
        GrantStatus AsStranger() => pair.Stranger.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, pair.MapRequest(9)).Record.Status;
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9));
        pair.Entry(9).Domain = pair.Stranger.Id;
        pair.Stranger.Enter();
        Assert.Equal(GrantStatus.GeneralError, AsStranger());
        Assert.Equal((1u, 0u), (pair.User.Domain.Grants.Maptrack.Count, pair.Stranger.Domain.Grants.Maptrack.Count));
        pair.User.Enter();
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window));
        pair.Stranger.Enter();
        Assert.Equal(GrantStatus.Okay, AsStranger());
        pair.EndAll();
    }

    private void Refused(GrantMap request, GrantStatus status)
    {
        GrantEntry before = pair.Entry(9);
        (uint, uint) counts = pair.Counts;
        Assert.Equal(status, pair.Map(request).Status);
        Assert.Equal((before.Flags, before.Domain, before.Frame), (pair.Entry(9).Flags, pair.Entry(9).Domain, pair.Entry(9).Frame));
        Assert.Equal((0ul, 0ul, counts), (pair.Pins(9), pair.WindowEntry, pair.Counts));
        Assert.Equal((0u, 0u), (pair.Granter.Domain.Grants.Outstanding, pair.User.Domain.Grants.Maptrack.Count));
        pair.ExpectBooks();
    }

    [Fact]
    public void TableMayBeGrantedForReadingOnly()
    {
        pair.Grant(9, frame: pair.Granter.Frames[3]);
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.ReadOnly));
        Assert.Equal(GrantStatus.Okay, map.Status);
        Assert.Equal(Arena.Words(pair.Granter.Frames[3])[5], TinyGuest.Load<ulong>(window + 40));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window));
        pair.EndAll();
    }

    [Fact]
    public void WhatChangesWhileItIsMappedDoesNotCount()
    {
        pair.Grant(9);
        GrantMap first = pair.Map(pair.MapRequest(9));
        pair.Entry(9) = new GrantEntry { Flags = GrantFlags.Invalid, Domain = 999, Frame = 0 };
        GrantMap second = pair.Map(pair.MapRequest(9) with { HostAddress = window + 4096 });
        Assert.Equal(GrantStatus.Okay, second.Status);
        Assert.Equal(pair.Granted.Value, PageTableEntry.FrameOf(pair.EntryAt(GrantPair.Window + 1)).Value);
        Assert.Equal(2 * ActiveGrant.HostWrite, pair.Pins(9));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(first.Handle, window));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(second.Handle, window + 4096));
        Assert.Equal(GrantFlags.Invalid, pair.Entry(9).Flags & Marks);
        pair.EndAll();
    }

    [Fact]
    public void CountsThatAreFullTakeNoMore()
    {
        pair.Grant(9);
        pair.Map(pair.MapRequest(9));
        pair.Granter.Domain.Grants.Active(9).Pins += 0x7fff * ActiveGrant.HostWrite;
        Assert.Equal(GrantStatus.GeneralError, pair.Map(pair.MapRequest(9) with { HostAddress = window + 4096 }).Status);
        pair.Granter.Domain.Grants.Active(9).Pins -= 0x7fff * ActiveGrant.HostWrite;
        pair.EndAll();
    }
}
