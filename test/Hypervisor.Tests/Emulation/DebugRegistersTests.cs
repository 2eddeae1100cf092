using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class DebugRegistersTests
{
    [Theory]
    [InlineData(0x0000_0000_0000_0000UL, DebugWrite.Stored)]
    [InlineData(0x0000_7fff_ffff_ffffUL, DebugWrite.Stored)]
    [InlineData(0x0000_8000_0000_0000UL, DebugWrite.NotPermitted)]
    [InlineData(0xffff_7fff_ffff_ffffUL, DebugWrite.NotPermitted)]
    [InlineData(0xffff_8000_0000_0000UL, DebugWrite.NotPermitted)]
    [InlineData(0xffff_87ff_ffff_ffffUL, DebugWrite.NotPermitted)]
    [InlineData(0xffff_8800_0000_0000UL, DebugWrite.Stored)]
    [InlineData(0xffff_ffff_ffff_ffffUL, DebugWrite.Stored)]
    public void BreakpointsLieWhereTheGuestMayLive(ulong address, DebugWrite expected)
    {
        for (var register = 0; register < 4; register++)
            Assert.Equal(expected, DebugRegisters.Sanitise(register, address, false, out _));
    }

    [Fact]
    public void ReservedBitsTakeTheirFixedValues()
    {
        Assert.Equal(0xffff_0ff0UL, Stored(6, 0));
        Assert.Equal(0xffff_efffUL, Stored(6, uint.MaxValue));
        Assert.Equal(0x400UL, Stored(7, 0));
        Assert.Equal(0x403UL, Stored(7, 0xd803));
    }

    [Fact]
    public void UpperHalvesAreRefused()
    {
        foreach (int register in new[] { 4, 5, 6, 7 })
        {
            for (int bit = 32; bit < 64; bit++)
                Assert.Equal(DebugWrite.Invalid, DebugRegisters.Sanitise(register, 1UL << bit, false, out _));
        }
    }

    [Fact]
    public void FourAndFiveAreOtherNamesUntilDebuggingExtensionsAreOn()
    {
        Assert.Equal((6, 7, 3), (DebugRegisters.Alias(4), DebugRegisters.Alias(5), DebugRegisters.Alias(3)));
        Assert.Equal(0xffff_0ff1UL, Stored(4, 1));
        Assert.Equal(0x401UL, Stored(5, 1));
        Assert.Equal(DebugWrite.NoDevice, DebugRegisters.Sanitise(4, 0, true, out _));
        Assert.Equal(DebugWrite.NoDevice, DebugRegisters.Sanitise(5, 0, true, out _));
        Assert.Equal(DebugWrite.NoDevice, DebugRegisters.Sanitise(8, 0, false, out _));
        Assert.Equal(DebugWrite.NoDevice, DebugRegisters.Sanitise(-1, 0, false, out _));
    }

    [Fact]
    public void GeneralDetectIsRefused()
    {
        Assert.Equal(DebugWrite.NotPermitted, DebugRegisters.Sanitise(7, 1 << 13, true, out _));
    }

    // The hypervisor accesses ports for the guest, so a port breakpoint in the hardware would trap in the hypervisor.
    [Fact]
    public void PortBreakpointsNeedTheExtensionsAndNeverReachTheHardware()
    {
        const ulong control = 0x0022_0003 | 0xc | 0x400;
        Assert.Equal(DebugWrite.NotPermitted, DebugRegisters.Sanitise(7, control, false, out _));
        Assert.Equal(DebugWrite.Stored, DebugRegisters.Sanitise(7, control, true, out var sanitised));
        Assert.Equal(control, sanitised);
        // What is off needs no extensions, and is looked at again when it goes on.
        Assert.Equal(0x0022_0400UL, Stored(7, 0x0022_0400));
        for (int bit = 0; bit < 4; bit++)
            Assert.Equal(DebugWrite.NotPermitted, DebugRegisters.Sanitise(7, 0x0022_0400 | 1UL << bit, false, out _));
        Assert.Equal(0x0022_0400UL, DebugRegisters.HardwareControl(sanitised));
        Assert.Equal(0x0013_0403UL, DebugRegisters.HardwareControl(0x0013_0403));
    }

    private static ulong Stored(int register, ulong value)
    {
        Assert.Equal(DebugWrite.Stored, DebugRegisters.Sanitise(register, value, false, out var sanitised));
        return sanitised;
    }
}
