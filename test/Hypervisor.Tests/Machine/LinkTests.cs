extern alias machine;

using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

using Xunit;

using RealLink = machine::Serai.Machine.Memory.Link<ulong>;
using RealUntypedLink = machine::Serai.Machine.Memory.UntypedLink;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Where links lead: the rule, and src/Machine/Memory/Link.cs itself, whose values are looked for and not touched.</summary>
public sealed class LinkTests
{
    // References to where nothing is: they are compared, and never read.
    private static ref ulong At(ulong address) => ref Unsafe.AddByteOffset(ref Unsafe.NullRef<ulong>(), (nint)address);

    private static ulong AddressOf(RealLink link) => (ulong)Unsafe.ByteOffset(ref Unsafe.NullRef<ulong>(), ref link.Value);

    private static RealLink To(ulong address) => RealLink.To(ref At(address));

    /// <summary>Whatever lies behind nothing, however far within the largest value that has links: the processor refuses the address.</summary>
    [Theory]
    [InlineData(0ul)]
    [InlineData(8ul)]
    [InlineData(4095ul)]
    [InlineData(1ul << 46)]
    public void NothingIsAtNoAddressThatAGuestCanMap(ulong offset)
    {
        Assert.False(Layout.IsCanonical(Layout.OfLink(0) + offset));
        Assert.False(Layout.IsCanonical(AddressOf(default) + offset));
        Assert.False(Layout.IsCanonical(AddressOf(default(RealUntypedLink).As<ulong>()) + offset));
    }

    [Theory]
    [InlineData(Layout.DirectMap)]
    [InlineData(Layout.DirectMap + 0x1234_5678)]
    [InlineData(Layout.End - 8)]
    [InlineData(Layout.Start)]
    public void AnythingElseIsWhereItIs(ulong address)
    {
        Assert.Equal(address, Layout.OfLink(address));
        Assert.Equal(address, AddressOf(To(address)));
        Assert.Equal(address, AddressOf(RealUntypedLink.To(ref At(address)).As<ulong>()));
    }

    [Fact]
    public void OnlyALinkToNothingIsNull()
    {
        RealLink link = To(Layout.DirectMap), same = To(Layout.DirectMap), other = To(Layout.DirectMap + 8);
        Assert.True(default(RealLink).IsNull && default(RealUntypedLink).As<ulong>().IsNull);
        Assert.False(link.IsNull);
        Assert.True(link.Same(same) && link.Same(ref At(Layout.DirectMap)));
        Assert.False(link.Same(other) || link.Same(default(RealLink)) || link.Same(ref At(Layout.DirectMap + 8)));
    }
}
