using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>Copies: the bytes, the marks, and every refusal.</summary>
public sealed class CopyTests
{
    private readonly GrantPair pair = new();

    public CopyTests()
    {
        for (int index = 0; index < 512; index++)
            DirectMap.Table(pair.Granted)[index] = (ulong)index * 3;
        pair.Grant(9);
    }

    private GrantCopy Request => new()
    {
        Source = new() { Reference = 9, Domain = pair.Granter.Id },
        Destination = new() { Frame = pair.User.Frames[21].Value, Domain = DomainIds.Self },
        Length = 4096,
        Flags = GrantCopyFlags.SourceGrantRef,
    };

    private GrantStatus Copy(GrantCopy request) => pair.Ask(GrantTableCommand.Copy, request).Status;

    [Fact]
    public void BytesArriveAndNothingIsHeld()
    {
        (uint, uint) counts = pair.Counts;
        Assert.Equal(GrantStatus.Okay, Copy(Request));
        Assert.Equal(DirectMap.Frame(pair.Granted).ToArray(), DirectMap.Frame(pair.User.Frames[21]).ToArray());
        Assert.Equal((GrantFlags.PermitAccess, 0ul, counts), (pair.Entry(9).Flags, pair.Pins(9), pair.Counts));
        GrantCopy back = Request with { Source = Request.Destination, Destination = Request.Source, Flags = GrantCopyFlags.DestinationGrantRef,
            Length = 100 };
        back.Source.Offset = 8;
        back.Destination.Offset = 3000;
        Assert.Equal(GrantStatus.Okay, Copy(back));
        Assert.Equal(DirectMap.Frame(pair.User.Frames[21]).Slice(8, 100).ToArray(), DirectMap.Frame(pair.Granted).Slice(3000, 100).ToArray());
        Assert.Equal((GrantFlags.PermitAccess, counts), (pair.Entry(9).Flags, pair.Counts));
        pair.EndAll();
    }

    [Fact]
    public void OnlyTheFrameThatIsCopiedToIsNamedAsWritten()
    {
        Written.Frames = [];
        Assert.Equal(GrantStatus.Okay, Copy(Request));
        Assert.Contains(pair.User.Frames[21].Value, Written.Frames);
        Assert.DoesNotContain(pair.Granted.Value, Written.Frames);
        Written.Frames = null;
    }

    /// <summary>Of a frame that its owner has mapped otherwise no line stays in the cache that the hypervisor has used.</summary>
    [Fact]
    public void AroundACopyLinesAreWrittenBackOfWhatIsMappedOtherwise()
    {
        GrantCopy into = Request with { Source = Request.Destination, Destination = Request.Source, Flags = GrantCopyFlags.DestinationGrantRef };
        Journal.Clear();
        Assert.Equal((GrantStatus.Okay, 0), (Copy(Request), Journal.Count(Act.WriteBackCaches)));
        ref Frame frame = ref FrameTable.Of(pair.Granted);
        frame.Mark(Frame.Attributed);
        frame.Place = (ushort)PageTableEntry.CacheDisable;
        Assert.Equal((GrantStatus.Okay, 1), (Copy(Request), Journal.Count(Act.WriteBackCaches)));
        Assert.Equal((GrantStatus.Okay, 3), (Copy(into), Journal.Count(Act.WriteBackCaches)));
        frame.Unmark(Frame.Attributed);
        frame.Place = 0;
        pair.EndAll();
    }

    [Fact]
    public void MarksOfAMappingStay()
    {
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.ReadOnly));
        GrantCopy into = Request with { Source = Request.Destination, Destination = Request.Source, Flags = GrantCopyFlags.DestinationGrantRef };
        Assert.Equal(GrantStatus.Okay, Copy(into));
        Assert.Equal(GrantFlags.PermitAccess | GrantFlags.Reading, pair.Entry(9).Flags);
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, TinyGuest.AddressOf(GrantPair.Window)));
        pair.EndAll();
    }

    [Fact]
    public void OverlapWithinOneFrameIsAMove()
    {
        Span<byte> bytes = DirectMap.Frame(pair.Granted);
        byte[] expected = bytes[..1000].ToArray();
        GrantCopy both = Request with { Destination = Request.Source, Length = 1000,
            Flags = GrantCopyFlags.SourceGrantRef | GrantCopyFlags.DestinationGrantRef };
        both.Destination.Offset = 100;
        Assert.Equal(GrantStatus.Okay, Copy(both));
        Assert.Equal(expected, DirectMap.Frame(pair.Granted).Slice(100, 1000).ToArray());
        Assert.Equal(GrantFlags.PermitAccess, pair.Entry(9).Flags);
    }

    [Theory]
    [InlineData(4096, 0, 0, GrantStatus.Okay)]
    [InlineData(4096, 4096, 0, GrantStatus.Okay)]
    [InlineData(4097, 0, 0, GrantStatus.BadCopyArgument)]
    [InlineData(1, 4096, 0, GrantStatus.BadCopyArgument)]
    [InlineData(1, 0, 4096, GrantStatus.BadCopyArgument)]
    [InlineData(65535, 65535, 65535, GrantStatus.BadCopyArgument)]
    [InlineData(0, 65535, 0, GrantStatus.BadCopyArgument)]
    public void Edges(ushort length, ushort from, ushort to, GrantStatus status)
    {
        GrantCopy request = Request with { Length = length == 4096 && from == 4096 ? (ushort)0 : length };
        (request.Source.Offset, request.Destination.Offset) = (from, to);
        Assert.Equal(status, Copy(request));
        Assert.Equal(GrantFlags.PermitAccess, pair.Entry(9).Flags);
    }

    [Fact]
    public void EveryRefusal()
    {
        GrantCopy request = Request;
        request.Flags = 0;
        Assert.Equal(GrantStatus.PermissionDenied, Copy(request));
        request = Request;
        request.Source.Domain = 77;
        Assert.Equal(GrantStatus.BadDomain, Copy(request));
        request = Request;
        request.Source.Reference = 512;
        Assert.Equal(GrantStatus.BadGrantRef, Copy(request));
        request.Source.Reference = 8;
        Assert.Equal(GrantStatus.GeneralError, Copy(request));
        request = Request;
        foreach ((ulong frame, GrantStatus status) in ((ulong, GrantStatus)[])[
            (pair.Granted.Value, GrantStatus.BadPage), (ulong.MaxValue, GrantStatus.BadPage), (0, GrantStatus.BadPage),
            (pair.User.Frames[0].Value, GrantStatus.GeneralError), (pair.User.Frames[3].Value, GrantStatus.GeneralError)])
        {
            request.Destination.Frame = frame;
            Assert.Equal(status, Copy(request));
        }
        pair.Entry(9).Flags |= GrantFlags.ReadOnly;
        request = Request with { Source = Request.Destination, Destination = Request.Source, Flags = GrantCopyFlags.DestinationGrantRef };
        Assert.Equal(GrantStatus.GeneralError, Copy(request));
        Assert.Equal((GrantFlags.PermitAccess | GrantFlags.ReadOnly, 0ul), (pair.Entry(9).Flags, pair.Pins(9)));
        pair.ExpectBooks();
        pair.EndAll();
    }
}
