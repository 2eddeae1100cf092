using Serai.Machine.Interrupts;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>The modes of a local APIC, on a processor that refuses every step that the SDM does not allow (vol. 3, 11.12.5).</summary>
public sealed class LocalApicModeTests
{
    private const uint Base = 0x1b;
    private const ulong Frame = 0xfee0_0000, Enabled = 0x800, Wide = 0x400, Both = Enabled | Wide, First = 0x100;

    public LocalApicModeTests()
    {
        TestMachine.Begin();
        SimulatedProcessor.WritesMsr = IsAllowed;
    }

    private static bool IsAllowed(uint number, ulong value)
    {
        ulong from = SimulatedProcessor.Msrs[number] & (Enabled | Wide), to = value & (Enabled | Wide);
        return number != Base
            || (from, to) is (0, 0 or Enabled) or (Enabled, 0 or Enabled or Both) or (Both, 0 or Both);
    }

    [Theory]
    [InlineData(0ul, false)]
    [InlineData(0ul, true)]
    [InlineData(Enabled, false)]
    [InlineData(Enabled, true)]
    [InlineData(Both, false)]
    [InlineData(Both, true)]
    public void EveryModeIsReachedFromEveryOther(ulong mode, bool wide)
    {
        SimulatedProcessor.Msrs[Base] = Frame | First | mode;
        Assert.True(LocalApicMode.TryEnter(wide));
        Assert.Equal(Frame | First | Enabled | (wide ? Wide : 0), SimulatedProcessor.Msrs[Base]);
    }

    /// <summary>Newer processors can be told to stay in x2APIC mode (IA32_XAPIC_DISABLE_STATUS).</summary>
    [Fact]
    public void AProcessorThatStaysInItsModeIsToldOf()
    {
        SimulatedProcessor.Msrs[Base] = Frame | Enabled | Wide;
        SimulatedProcessor.WritesMsr = (_, value) => (value & Wide) != 0;
        Assert.False(LocalApicMode.TryEnter(false));
        Assert.True(LocalApicMode.TryEnter(true));
    }

    [Theory]
    [InlineData(false, false, false, false)]
    [InlineData(false, false, true, false)]
    [InlineData(false, true, false, false)]
    [InlineData(false, true, true, true)]
    [InlineData(true, true, false, true)]
    [InlineData(true, true, true, true)]
    public void WhatTheFirmwareLeftOnStaysOn(bool left, bool has, bool wanted, bool expected)
    {
        SimulatedProcessor.Msrs[Base] = Frame | Enabled | (left ? Wide : 0);
        SimulatedProcessor.Cpuid[(1, 0)] = (0, 0, has ? 1u << 21 : 0, 0);
        Assert.Equal(expected, LocalApicMode.IsWideBest(wanted));
    }
}
