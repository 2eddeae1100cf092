using System;
using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class PortsTests
{
    private const ushort Com1 = 0x3f8, Com2 = 0x2f8;

    private static readonly ushort[] Owned = [0x20, 0x21, 0xa0, 0xa1, 0x40, 0x41, 0x42, 0x43, 0x61, 0x3f8, 0x3fb, 0x3ff, 0xcf9, 0xcfa];

    [Theory]
    [InlineData(0, true, false, false)]
    [InlineData(1, true, false, true)]
    [InlineData(0, true, true, true)]
    [InlineData(0, false, true, false)]
    [InlineData(1, false, false, false)]
    [InlineData(2, false, true, false)]
    [InlineData(3, false, false, true)]
    public void KernelsCountAsRingOneOrByTheirWishAsRingZeroAndUsersAsRingThree(int level, bool kernel, bool wish, bool expected) =>
        Assert.Equal(expected, Ports.AllowedByLevel(level, kernel, wish));

    [Fact]
    public void WithoutPermissionToDoIoEveryPortFaults()
    {
        Assert.Equal(PortAction.GeneralProtection, Ports.Decide(0x80, 1, true, allowed: false, initialDomain: true, Com1));
        Assert.Equal(PortAction.GeneralProtection, Ports.Decide(0xcf8, 4, true, allowed: false, initialDomain: false, Com1));
    }

    [Fact]
    public void FurtherDomainsReadOnesAndWriteIntoNothing()
    {
        for (var port = 0; port <= 0xffff; port++)
        {
            foreach (var size in new[] { 1, 2, 4 })
            {
                var latch = port == 0xcf8 && size == 4;
                var read = Ports.Decide((ushort)port, size, false, true, false, Com1);
                Assert.Equal(latch ? PortAction.ConfigurationAddress : PortAction.AllOnes, read);
                Assert.Equal(latch ? PortAction.ConfigurationAddress : PortAction.Drop, Ports.Decide((ushort)port, size, true, true, false, Com1));
            }
        }
    }

    [Fact]
    public void TheInitialDomainReachesNoPortOfTheHypervisorByAnySize()
    {
        foreach (var owned in Owned)
        {
            foreach (var size in new[] { 1, 2, 4 })
            {
                for (var port = Math.Max(0, owned - size + 1); port <= owned; port++)
                {
                    var action = Ports.Decide((ushort)port, size, true, true, true, Com1);
                    Assert.True(action == PortAction.Drop || (port == 0xcf8 && size == 4), $"{port:x} {size}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0x60, 1, PortAction.PassThrough)]
    [InlineData(0x608, 4, PortAction.PassThrough)]
    [InlineData(0x80, 1, PortAction.PassThrough)]
    [InlineData(0x3f4, 4, PortAction.PassThrough)]
    [InlineData(0x3f5, 4, PortAction.AllOnes)]
    [InlineData(0x70, 1, PortAction.ClockIndex)]
    [InlineData(0x71, 1, PortAction.ClockData)]
    [InlineData(0x70, 2, PortAction.AllOnes)]
    [InlineData(0xcfc, 4, PortAction.ConfigurationData)]
    [InlineData(0xcfe, 2, PortAction.ConfigurationData)]
    [InlineData(0xcff, 1, PortAction.ConfigurationData)]
    [InlineData(0xcff, 2, PortAction.AllOnes)]
    [InlineData(0xffff, 1, PortAction.PassThrough)]
    [InlineData(0xffff, 2, PortAction.AllOnes)]
    public void TheInitialDomainHasTheRest(ushort port, int size, PortAction expected) =>
        Assert.Equal(expected, Ports.Decide(port, size, false, true, true, Com1));

    [Theory]
    [InlineData(0, 0x3f8, PortAction.PassThrough)]
    [InlineData(0, 0, PortAction.PassThrough)]
    [InlineData(Com2, 0x3f8, PortAction.PassThrough)]
    [InlineData(Com2, Com2 - 1, PortAction.PassThrough)]
    [InlineData(Com2, Com2, PortAction.AllOnes)]
    [InlineData(Com2, Com2 + 7, PortAction.AllOnes)]
    [InlineData(Com2, Com2 + 8, PortAction.PassThrough)]
    [InlineData(0xfff8, 0xffff, PortAction.AllOnes)]
    public void OnlyTheConsolesSerialPortIsTheHypervisors(uint serial, ushort port, PortAction expected) =>
        Assert.Equal(expected, Ports.Decide(port, 1, false, true, true, serial));
}
