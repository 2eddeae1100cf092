using System;

using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// The counter's rate is found whichever clocks the machine has, and every wait for one that does not move ends. Each look at a device takes a
/// microsecond; the counter has 2.5 GHz.
/// </summary>
public sealed class CalibrationTests
{
    private const ulong Hertz = 2_500_000_000, LookTicks = 2500, EventTimerPlace = 0xfed0_0000;
    private const ushort PowerTimerPort = 0x608;

    private ulong _counter = 1_000_000, _intervalStops = ulong.MaxValue;
    private bool _hasIntervalTimer, _hasPowerTimer, _hasEventTimer, _isEventTimerOn;
    private ulong _latched;
    private int _readings;

    public CalibrationTests()
    {
        TestMachine.Start();
        TimeSource.Reading = () => _counter += 20;
        SimulatedProcessor.PortReading = ReadPort;
        SimulatedProcessor.PortWriting = Latch;
        DeviceMemory.Reading = ReadMemory;
        DeviceMemory.Writing = (place, value, _) => _isEventTimerOn |= place == EventTimerPlace + 0x10 && (value & 1) != 0;
    }

    private void Latch(ushort port, uint value, int size)
    {
        if (port != 0x43 || value != 0x80 || size != 1)
            return;
        _latched = ~(Math.Min(_counter, _intervalStops) * 1_193_182 / Hertz);
        _readings = 0;
    }

    private ulong Ticks(ulong hertz) => (ulong)((UInt128)_counter * hertz / Hertz);

    private byte? ReadPort(ushort port)
    {
        _counter += LookTicks;
        if (port == 0x42 && _hasIntervalTimer)
            return (byte)(_latched >> (8 * (_readings++ & 1)));
        if (port is >= PowerTimerPort and < PowerTimerPort + 4 && _hasPowerTimer)
        {
            _counter -= port == PowerTimerPort ? 0 : LookTicks;
            return (byte)(Ticks(3_579_545) >> (8 * (port - PowerTimerPort)));
        }
        return null;
    }

    private uint ReadMemory(ulong place)
    {
        _counter += LookTicks;
        return (place - EventTimerPlace) switch
        {
            4 => _hasEventTimer ? 10_000_000u : uint.MaxValue,
            0xf0 => _isEventTimerOn ? (uint)Ticks(100_000_000) : 0,
            _ => 0,
        };
    }

    private void Tell(bool interval, bool events, bool power)
    {
        (_hasIntervalTimer, _hasEventTimer, _hasPowerTimer) = (interval, events, power);
        Acpi.EventTimer = events ? EventTimerPlace : 0;
        Acpi.Hardware = new FixedHardware { Timer = HardwareAddress.OfPort(PowerTimerPort), TimerMask = 0xff_ffff };
    }

    private static void ExpectRate(ReferenceKind reference)
    {
        Assert.True(Calibration.TryMeasure(out ulong hertz));
        Assert.Equal(reference, Calibration.Reference);
        Assert.InRange(hertz, Hertz - Hertz / 500, Hertz + Hertz / 500);
        (ulong ticks, ulong nanoseconds) = LocalApic.Measured;
        Assert.InRange(ticks * 1_000_000_000 / nanoseconds, Hertz / 16 - Hertz / 16 / 200, Hertz / 16 + Hertz / 16 / 200);
    }

    [Theory]
    [InlineData(true, true, true, ReferenceKind.IntervalTimer)]
    [InlineData(false, true, true, ReferenceKind.EventTimer)]
    [InlineData(false, false, true, ReferenceKind.PowerTimer)]
    public void TheRateIsFoundByWhatMoves(bool interval, bool events, bool power, ReferenceKind reference)
    {
        Tell(interval, events, power);
        ExpectRate(reference);
    }

    /// <summary>It moves at first, and then a run never ends.</summary>
    [Fact]
    public void AClockThatStopsIsGivenUpForTheNext()
    {
        Tell(interval: true, events: true, power: false);
        _intervalStops = _counter + Hertz / 200;
        ExpectRate(ReferenceKind.EventTimer);
    }

    [Theory]
    [InlineData(24_000_000u, 0u)]
    [InlineData(0u, 2500u)]
    public void TheProcessorsOwnWordIsTheLastResort(uint crystal, uint megahertz)
    {
        Tell(interval: false, events: false, power: false);
        Assert.False(Calibration.TryMeasure(out _));
        Assert.Equal(ReferenceKind.None, Calibration.Reference);
        SimulatedProcessor.Cpuid[(0, 0)] = (0x16, 0, 0, 0);
        SimulatedProcessor.Cpuid[(0x15, 0)] = (12, 1250, crystal, 0);
        SimulatedProcessor.Cpuid[(0x16, 0)] = (megahertz, 0, 0, 0);
        ExpectRate(ReferenceKind.Processor);
        Assert.True(Calibration.TryMeasure(out ulong hertz));
        Assert.Equal(Hertz, hertz);
    }

    /// <summary>A host may tell its guests anything: a counter of some ticks a second is none.</summary>
    [Theory]
    [InlineData(1u, 1u, 49u)]
    [InlineData(uint.MaxValue, 1u, 24_000_000u)]
    public void WhatCannotBeIsNotBelieved(uint denominator, uint numerator, uint crystal)
    {
        Tell(interval: false, events: false, power: false);
        SimulatedProcessor.Cpuid[(0, 0)] = (0x15, 0, 0, 0);
        SimulatedProcessor.Cpuid[(0x15, 0)] = (denominator, numerator, crystal, 0);
        Assert.False(Calibration.TryMeasure(out _));
        Assert.Equal(ReferenceKind.None, Calibration.Reference);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AMachineWithoutTimeIsRefused(bool measurable, bool counts)
    {
        TimeSource.IsMeasurable = measurable;
        LocalApic.Divisor = counts ? 16u : 0u;
        try
        {
            Assert.False(Serai.Hypervisor.Time.ClockStart.TryMeasure(out ReadOnlySpan<byte> reason));
            Assert.NotEqual(0, reason.Length);
        }
        finally
        {
            TimeSource.IsMeasurable = true;
        }
    }
}
