using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Where links lead, by the rule that src/Machine/Memory/Link.cs decodes them with.</summary>
public sealed class LinkTests
{
    /// <summary>Whatever lies behind nothing, however far within the largest value that has links: the processor refuses the address.</summary>
    [Theory]
    [InlineData(0ul)]
    [InlineData(8ul)]
    [InlineData(4095ul)]
    [InlineData(1ul << 46)]
    public void NothingIsAtNoAddressThatAGuestCanMap(ulong offset)
        => Assert.False(Layout.IsCanonical(Layout.OfLink(0) + offset));

    [Theory]
    [InlineData(Layout.DirectMap)]
    [InlineData(Layout.DirectMap + 0x1234_5678)]
    [InlineData(Layout.End - 1)]
    [InlineData(Layout.Start)]
    public void AnythingElseIsWhereItIs(ulong address) => Assert.Equal(address, Layout.OfLink(address));
}
