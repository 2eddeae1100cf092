using System;
using System.Collections.Generic;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Time;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>The RTC's registers in their forms, and machines that have none.</summary>
public sealed class BatteryClockTests
{
    private readonly Dictionary<uint, byte> _registers = [];
    private uint _index;

    public BatteryClockTests()
    {
        TestMachine.Start();
        SimulatedProcessor.PortWriting = (port, value, _) => _index = port == 0x70 ? value : _index;
        SimulatedProcessor.PortReading = port => port == 0x71 && _registers.TryGetValue(_index, out byte value) ? value : null;
    }

    private void Set(DateTime time, bool binary, bool wholeDay)
    {
        byte Code(int value) => (byte)(binary ? value : value / 10 << 4 | value % 10);
        int half = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        _registers[0] = Code(time.Second);
        _registers[2] = Code(time.Minute);
        _registers[4] = wholeDay ? Code(time.Hour) : (byte)(Code(half) | (time.Hour >= 12 ? 0x80 : 0));
        _registers[7] = Code(time.Day);
        _registers[8] = Code(time.Month);
        _registers[9] = Code(time.Year % 100);
        _registers[0x32] = Code(time.Year / 100);
        _registers[0xa] = 0x26;
        _registers[0xb] = (byte)((binary ? 4 : 0) | (wholeDay ? 2 : 0));
    }

    [Theory]
    [InlineData("2026-11-29T20:38:07Z")]
    [InlineData("2000-02-29T00:00:59Z")]
    [InlineData("1999-12-31T12:59:00Z")]
    [InlineData("2099-01-01T11:00:00Z")]
    public void EveryFormTellsTheSame(string text)
    {
        DateTime time = DateTime.Parse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal);
        for (int form = 0; form < 4; form++)
        {
            Set(time, binary: (form & 1) != 0, wholeDay: (form & 2) != 0);
            Assert.True(BatteryClock.TryRead(out ulong seconds));
            Assert.Equal((ulong)(time - DateTime.UnixEpoch).TotalSeconds, seconds);
        }
    }

    [Fact]
    public void PortsThatReadAsOnesAreNoClock() => Assert.False(BatteryClock.TryRead(out _));

    /// <summary>Zeros are no date either, nor is what a flat battery leaves.</summary>
    [Theory]
    [InlineData(7, 0)]
    [InlineData(7, 0x32)]
    [InlineData(8, 0)]
    [InlineData(8, 0x13)]
    [InlineData(0, 0x60)]
    [InlineData(2, 0xff)]
    [InlineData(4, 0x24)]
    [InlineData(9, 0xff)]
    public void WhatIsNoDateIsNoClock(uint register, byte value)
    {
        Set(new DateTime(2026, 1, 1), binary: false, wholeDay: true);
        Assert.True(BatteryClock.TryRead(out _));
        _registers[register] = value;
        Assert.False(BatteryClock.TryRead(out _));
    }

    [Fact]
    public void WithoutOneTheWallClockStartsAtAStatedTimeAndSaysSo()
    {
        RealTimeClock.Seconds = null;
        Serial.Clear();
        ClockStart.ReadWallClock();
        Assert.Contains("no RTC: the wall clock starts at 2026-01-01 00:00 UTC", Serial.Output, StringComparison.Ordinal);
        Assert.Equal((ulong)(new DateTime(2026, 1, 1) - DateTime.UnixEpoch).TotalSeconds, SystemTime.WallClockAt(SystemTime.Now) / 1_000_000_000);
    }
}
