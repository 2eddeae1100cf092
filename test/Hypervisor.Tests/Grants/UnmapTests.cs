using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>What is unmapped must be what was mapped; what the user did to its own entries meanwhile hurts nobody's counts.</summary>
public sealed class UnmapTests
{
    private static readonly ulong window = TinyGuest.AddressOf(GrantPair.Window);
    private readonly GrantPair pair = new();

    [Fact]
    public void OverwrittenEntryGivesItsReferenceAndTheHandleStays()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9));
        (uint count, uint typed) = pair.Counts;
        Assert.Equal(0, pair.User.Call(Hypercall.UpdateVaMapping, window, 0));
        Assert.Equal((count - 1, typed - 1), pair.Counts);
        Assert.Equal((GrantStatus.GeneralError, ActiveGrant.HostWrite), (pair.Unmap(map.Handle, window), pair.Pins(9)));
        Assert.Equal(1u, pair.User.Domain.Grants.Maptrack.Count);
        pair.ExpectBooks();
        // Mapped again, the entry serves either handle; both can end.
        GrantMap again = pair.Map(pair.MapRequest(9));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window));
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(again.Handle, window));
        Assert.Equal(GrantFlags.Reading | GrantFlags.Writing | GrantFlags.PermitAccess, pair.Entry(9).Flags);
        pair.EndAll();
    }

    [Fact]
    public void FrameGivenUpBehindAnOverwrittenEntryIsNobodysByThatGrant()
    {
        pair.Grant(9);
        pair.Map(pair.MapRequest(9));
        pair.User.Call(Hypercall.UpdateVaMapping, window, 0);
        pair.Granter.Enter();
        Assert.Equal(0, pair.Granter.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(GrantPair.Page), 0));
        Assert.True(FrameTable.PutAllocation(pair.Granted));
        pair.User.Enter();
        Assert.Equal(GrantStatus.GeneralError, pair.Map(pair.MapRequest(9)).Status);
        GrantCopy copy = new()
        {
            Source = new() { Reference = 9, Domain = pair.Granter.Id }, Length = 8, Flags = GrantCopyFlags.SourceGrantRef,
            Destination = new() { Frame = pair.User.Frames[21].Value, Domain = DomainIds.Self },
        };
        Assert.Equal(GrantStatus.GeneralError, pair.Ask(GrantTableCommand.Copy, copy).Status);
        pair.EndAll();
    }

    [Fact]
    public void EveryRefusal()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.DeviceMap));
        Assert.Equal(GrantStatus.BadHandle, pair.Unmap(map.Handle + 1, window));
        Assert.Equal(GrantStatus.BadHandle, pair.Unmap(uint.MaxValue, window));
        Assert.Equal(GrantStatus.BadDeviceAddress, pair.Unmap(map.Handle, window, bus: 4096));
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(map.Handle, TinyGuest.AddressOf(21)));
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(map.Handle, Layout.DirectMap));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, 0));
        Assert.Equal(ActiveGrant.HostWrite | ActiveGrant.DeviceWrite, pair.Pins(9));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, 0, bus: pair.Granted.Address));
        Assert.Equal(ActiveGrant.HostWrite, pair.Pins(9));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, window, bus: 4096));
        Assert.Equal(0ul, pair.Pins(9));
        pair.EndAll();
    }

    [Fact]
    public void ReadOnlyMappingDoesNotEndAWritableOne()
    {
        pair.Grant(9);
        GrantMap read = pair.Map(pair.MapRequest(9, GrantMapFlags.ReadOnly));
        GrantMap write = pair.Map(pair.MapRequest(9) with { HostAddress = window + 4096 });
        Assert.Equal(GrantStatus.GeneralError, pair.Unmap(read.Handle, window + 4096));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(write.Handle, window + 4096));
        Assert.Equal(GrantFlags.PermitAccess | GrantFlags.Reading, pair.Entry(9).Flags);
        Assert.Equal(GrantStatus.Okay, pair.Unmap(read.Handle, window));
        Assert.Equal(GrantFlags.PermitAccess, pair.Entry(9).Flags);
        pair.EndAll();
    }

    [Fact]
    public void ReplacementMovesAnEntry()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9));
        ulong moved = pair.EntryAt(21);
        GrantUnmapAndReplace request = new() { HostAddress = window, NewAddress = TinyGuest.AddressOf(21), Handle = map.Handle };
        foreach (ulong bad in (ulong[])[window, Layout.Start, TinyGuest.Origin + (1ul << 30)])
            Assert.Equal(GrantStatus.GeneralError, pair.Ask(GrantTableCommand.UnmapAndReplace, request with { NewAddress = bad }).Status);
        Assert.Equal(GrantStatus.Okay, pair.Ask(GrantTableCommand.UnmapAndReplace, request).Status);
        Assert.Equal((moved, 0ul), (pair.WindowEntry, pair.EntryAt(21)));
        Assert.Equal((GrantFlags.PermitAccess, 0ul), (pair.Entry(9).Flags, pair.Pins(9)));
        pair.ExpectBooks();
        map = pair.Map(pair.MapRequest(9) with { HostAddress = window + 4096 });
        request = new() { HostAddress = window + 4096, Handle = map.Handle };
        Assert.Equal(GrantStatus.Okay, pair.Ask(GrantTableCommand.UnmapAndReplace, request).Status);
        pair.EndAll();
    }

    [Fact]
    public void OneHandleTwiceInAGroup()
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.DeviceMap));
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, new GrantUnmap { Handle = map.Handle, HostAddress = window });
        TinyGuest.Store(place + 24, new GrantUnmap { Handle = map.Handle, DeviceBusAddress = map.DeviceBusAddress });
        TinyGuest.Store(place + 48, new GrantUnmap { Handle = map.Handle, HostAddress = window, DeviceBusAddress = map.DeviceBusAddress });
        Assert.Equal(0, pair.User.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.UnmapGrantRef, place, 3));
        Assert.Equal(GrantStatus.Okay, TinyGuest.Load<GrantUnmap>(place).Status);
        Assert.Equal(GrantStatus.Okay, TinyGuest.Load<GrantUnmap>(place + 24).Status);
        Assert.Equal(GrantStatus.BadHandle, TinyGuest.Load<GrantUnmap>(place + 48).Status);
        Assert.Equal((0ul, 0u, 0u), (pair.Pins(9), pair.Granter.Domain.Grants.Outstanding, pair.User.Domain.Grants.Maptrack.Count));
        pair.ExpectBooks();
        pair.EndAll();
    }

    /// <summary>Once the call has returned nobody writes to the page through what is remembered, whether it was one record or several.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatWasMappedIsForgotten(int records)
    {
        pair.Grant(9);
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        for (uint index = 0; index < records; index++)
        {
            ulong address = window + index * 4096;
            GrantMap map = pair.Map(pair.MapRequest(9) with { HostAddress = address });
            TinyGuest.Store(place + 256 + index * 24, new GrantUnmap { Handle = map.Handle, HostAddress = address });
            TinyGuest.Store(address, 0ul);
            Assert.True(Translations.Pages.ContainsKey(address >> 12), "the simulated buffer forgets by itself");
        }
        Assert.Equal(0, pair.User.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.UnmapGrantRef, place + 256, (ulong)records));
        for (uint index = 0; index < records; index++)
            Assert.False(TinyGuest.TryStore(window + index * 4096, 0ul));
        pair.EndAll();
    }
}
