using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>The page flip: the frame is the taker's or the machine's, never both's.</summary>
public sealed class TransferTests
{
    private const int Given = 21;
    private readonly GrantPair pair = new();

    private Mfn Frame => pair.User.Frames[Given];

    public TransferTests()
    {
        pair.Entry(9) = new GrantEntry { Flags = GrantFlags.AcceptTransfer, Domain = pair.User.Id, Frame = 0x77 };
        TinyGuest.Store(TinyGuest.AddressOf(Given), 0xf00dul);
    }

    private void Unmap() => Assert.Equal(0, pair.User.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Given), 0));

    private GrantStatus Transfer(ulong frame, ushort domain, uint reference)
        => pair.Ask(GrantTableCommand.Transfer, new GrantTransfer { Frame = frame, Domain = domain, Reference = reference }).Status;

    [Fact]
    public void FrameChangesHandsWithWhatIsInIt()
    {
        Unmap();
        (ulong giver, ulong taker) = (pair.User.Domain.Memory.PageCount, pair.Granter.Domain.Memory.PageCount);
        uint clock = Tlb.Clock;
        Assert.Equal(GrantStatus.Okay, Transfer(Frame.Value, pair.Granter.Id, 9));
        Assert.True(Tlb.Clock > clock);
        Assert.Equal((giver - 1, taker + 1), (pair.User.Domain.Memory.PageCount, pair.Granter.Domain.Memory.PageCount));
        Assert.Equal(pair.Granter.Id, FrameTable.Of(Frame).Owner);
        Assert.Equal((GrantFlags.AcceptTransfer | GrantFlags.TransferCommitted | GrantFlags.TransferCompleted, (uint)Frame.Value),
            (pair.Entry(9).Flags, pair.Entry(9).Frame));
        Assert.Equal(0x77ul, MachineToPhysical.Get(Frame));
        Assert.Equal(0xf00dul, DirectMap.At<ulong>(Frame.Address));
        Assert.False(TinyGuest.TryStore(TinyGuest.AddressOf(Given), 1ul));
        pair.ExpectBooks();
        Assert.Equal(GrantStatus.BadPage, Transfer(Frame.Value, pair.Granter.Id, 9));
        pair.EndAll();
    }

    /// <summary>A frame whose lines may differ from memory is written back, and its new owner, without hardware, has it like any other.</summary>
    [Fact]
    public void FrameThatWasMappedUncachedIsLikeOthersForItsTaker()
    {
        pair.User.Domain.Rights.HasHardware = true;
        ulong uncached = TinyGuest.Entry(Frame, writable: true) | PageTableEntry.CacheDisable;
        Assert.Equal(0, pair.User.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Given), uncached, 2));
        Unmap();
        pair.User.Domain.Rights.HasHardware = false;
        Assert.True(FrameTable.Of(Frame).Has(Hypervisor.Frames.Frame.Attributed));
        Journal.Clear();
        Assert.Equal(GrantStatus.Okay, Transfer(Frame.Value, pair.Granter.Id, 9));
        Assert.False(FrameTable.Of(Frame).Has(Hypervisor.Frames.Frame.Attributed));
        Assert.Equal(1, Journal.Count(Act.WriteBackCaches));
        pair.EndAll();
    }

    [Fact]
    public void FrameInUseStays()
    {
        Assert.Equal(GrantStatus.BadPage, Transfer(Frame.Value, pair.Granter.Id, 9));
        foreach (ulong bad in (ulong[])[pair.User.Frames[0].Value, pair.Granted.Value, 0, FrameTable.All.Length, ulong.MaxValue,
            pair.User.Domain.SharedInfoFrame.Value, pair.User.Domain.Grants[0].Value])
            Assert.Equal(GrantStatus.BadPage, Transfer(bad, pair.Granter.Id, 9));
        Assert.Equal(GrantFlags.AcceptTransfer, pair.Entry(9).Flags);
        pair.ExpectBooks();
        pair.EndAll();
    }

    [Theory]
    [InlineData("no domain", GrantStatus.BadDomain)]
    [InlineData("no entry", GrantStatus.GeneralError)]
    [InlineData("other reference", GrantStatus.GeneralError)]
    [InlineData("committed", GrantStatus.GeneralError)]
    [InlineData("for another", GrantStatus.GeneralError)]
    [InlineData("no room", GrantStatus.GeneralError)]
    public void FailureLosesTheFrame(string what, GrantStatus status)
    {
        Unmap();
        (ulong free, ulong taker) = (FrameAllocator.FreeCount, pair.Granter.Domain.Memory.PageCount);
        if (what == "committed")
            pair.Entry(9).Flags |= GrantFlags.TransferCommitted;
        if (what == "for another")
            pair.Entry(9).Domain = pair.Stranger.Id;
        if (what == "no room")
            pair.Granter.Domain.Memory.MaximumPages = pair.Granter.Domain.Memory.GuestPages;
        Assert.Equal(status, Transfer(Frame.Value, what == "no domain" ? (ushort)77 : pair.Granter.Id,
            what == "no entry" ? 512u : what == "other reference" ? 8u : 9u));
        Assert.Equal((free + 1, taker), (FrameAllocator.FreeCount, pair.Granter.Domain.Memory.PageCount));
        Assert.Equal(MachineToPhysical.Invalid, MachineToPhysical.Get(Frame));
        pair.ExpectBooks();
        pair.EndAll();
    }

    [Fact]
    public void ToOneself()
    {
        Unmap();
        pair.User.Domain.Memory.MaximumPages = pair.User.Domain.Memory.GuestPages;
        pair.User.Domain.Grants.Shown(9) = new GrantEntry { Flags = GrantFlags.AcceptTransfer, Domain = pair.User.Id, Frame = 5 };
        Assert.Equal(GrantStatus.Okay, Transfer(Frame.Value, pair.User.Id, 9));
        Assert.Equal(pair.User.Id, FrameTable.Of(Frame).Owner);
        pair.EndAll();
    }
}
