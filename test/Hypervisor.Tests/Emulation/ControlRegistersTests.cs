using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class ControlRegistersTests
{
    private const ulong HostCr0 = 0x8005_0033;
    private const ulong HostCr4 = 0x0017_06f0 | ControlRegisters.PhysicalAddressExtension;

    [Fact]
    public void Cr0ShowsTheGuestsOwnTsAndLetsOnlyItChange()
    {
        Assert.Equal(HostCr0, ControlRegisters.ReadCr0(HostCr0 | 8, taskSwitched: false));
        Assert.Equal(HostCr0 | 8, ControlRegisters.ReadCr0(HostCr0, taskSwitched: true));
        Assert.True(ControlRegisters.TryWriteCr0(HostCr0 | 8, HostCr0, out var switched) && switched);
        Assert.True(ControlRegisters.TryWriteCr0(HostCr0, HostCr0 | 8, out switched) && !switched);
        for (var bit = 0; bit < 64; bit++)
            Assert.Equal(bit == 3, ControlRegisters.TryWriteCr0(HostCr0 ^ (1UL << bit), HostCr0, out _));
    }

    [Fact]
    public void Cr4BeginsAs0x660AndKeepsWhatMayBeChosen()
    {
        Assert.Equal(0x660UL, ControlRegisters.ReadCr4(HostCr4, 0));
        Assert.Equal(ControlRegisters.OsXsave, ControlRegisters.WriteCr4(0x0004_0660, showsXsave: true, hasFsGsBase: true));
        Assert.Equal(0UL, ControlRegisters.WriteCr4(0x0005_0660, showsXsave: false, hasFsGsBase: false));
        Assert.Equal(ControlRegisters.FsGsBase, ControlRegisters.WriteCr4(0x0005_0660, showsXsave: false, hasFsGsBase: true));
        Assert.Equal(0x4000CUL, ControlRegisters.WriteCr4(ulong.MaxValue, showsXsave: true, hasFsGsBase: false));
    }

    [Fact]
    public void TheRunningCr4NeverHasWhatWouldChangeTheGuestsWorld()
    {
        var running = ControlRegisters.RunningCr4(ulong.MaxValue, 0);
        var forbidden = ControlRegisters.PageGlobalEnable | ControlRegisters.ProcessContext | ControlRegisters.TimeStampDisable
            | ControlRegisters.ProtectionKeys | ControlRegisters.FsGsBase | ControlRegisters.DebuggingExtensions;
        Assert.Equal(~forbidden, running);
        Assert.Equal(
            ControlRegisters.TimeStampDisable | ControlRegisters.DebuggingExtensions | ControlRegisters.FsGsBase,
            ControlRegisters.RunningCr4(0, ulong.MaxValue));
    }

    // Vol. 1, 13.3: x87 always, AVX with SSE, the three of AVX-512 together and with AVX.
    [Fact]
    public void Xcr0IsValidExactlyWhereTheManualSays()
    {
        for (ulong value = 0; value < 0x400; value++)
        {
            var avx = (value & 4) != 0;
            var expected = (value & 1) != 0 && (value & 0x318) == 0 && (!avx || (value & 2) != 0)
                && ((value & 0xe0) == 0 || ((value & 0xe0) == 0xe0 && avx));
            Assert.Equal(expected, ExtendedControl.IsValid(0, value, 0xe7));
            Assert.False(ExtendedControl.IsValid(1, value, 0xe7));
            Assert.Equal(expected && (value & 0xe4) == 0, ExtendedControl.IsValid(0, value, 3));
            Assert.False(ExtendedControl.IsValid(0, value, 0));
        }

        Assert.False(ExtendedControl.IsValid(0, 1UL << 63 | 1, 0xe7));
    }

    [Fact]
    public void ThePolicyIsAlwaysAValidXcr0()
    {
        for (ulong supported = 0; supported < 0x400; supported++)
        {
            var policy = ExtendedControl.PolicyFor(supported | (1UL << 62));
            Assert.True(policy == 0 || ExtendedControl.IsValid(0, policy, policy));
            Assert.Equal(0UL, policy & ~supported);
        }

        Assert.Equal(0xe7UL, ExtendedControl.PolicyFor(0x602e7));
        Assert.Equal(7UL, ExtendedControl.PolicyFor(0x1f));
    }
}
