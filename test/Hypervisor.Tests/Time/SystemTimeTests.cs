using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>System time against the exact quotient, and the record from which guests compute the same.</summary>
public sealed class SystemTimeTests
{
    public static TheoryData<ulong> Frequencies => new([1_000, 999_999_999, 1_000_000_000, 1_000_000_001, 1_999_999_999, 2_000_000_000, 2_000_000_001,
        2_394_374_000, 3_700_000_000, 5_999_999_999, 1_193_182, 24_000_000]);

    [Theory]
    [MemberData(nameof(Frequencies))]
    public void ItIsTheCountersTime(ulong hertz)
    {
        const ulong origin = 123_456_789;
        SystemTime.Initialise(hertz, origin);
        var random = new Random(1);
        for (int turn = 0; turn < 1000; turn++)
        {
            // Up to ten years.
            ulong seconds = (ulong)random.Next(1 << random.Next(1, 29)), ticks = (ulong)random.NextInt64((long)hertz);
            ulong delta = seconds * hertz + ticks;
            UInt128 exact = (UInt128)delta * 1_000_000_000 / hertz;
            UInt128 error = exact > SystemTime.At(origin + delta) ? exact - SystemTime.At(origin + delta) : SystemTime.At(origin + delta) - exact;
            // Two parts in 2^31, one lost bit of the multiplier and one of the frequency, and a tick.
            Assert.True(error <= (exact >> 30) + 1_000_000_000 / hertz + 2,
                $"{delta} ticks of {hertz}: {SystemTime.At(origin + delta)}, not {exact}");
        }
    }

    /// <summary>A time of hours, in which a report once ran over, and of the whole counter.</summary>
    [Fact]
    public void NoNumberOfTicksIsTooLarge()
    {
        SystemTime.Initialise(2_000_000_000, 0);
        Assert.Equal(36_000_000_000_000ul, SystemTime.NanosecondsOf(72_000_000_000_000));
        Assert.Equal(ulong.MaxValue / 2, SystemTime.NanosecondsOf(ulong.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Frequencies))]
    public void ItNeverGoesBack(ulong hertz)
    {
        SystemTime.Initialise(hertz, 1000);
        ulong last = 0;
        for (ulong counter = 0; counter < 100_000; counter += 1 + counter % 7)
        {
            ulong now = SystemTime.At(counter);
            Assert.True(now >= last);
            last = now;
        }
    }

    [Theory]
    [MemberData(nameof(Frequencies))]
    public void GuestsComputeTheSame(ulong hertz)
    {
        TestMachine.Start();
        var guest = new TinyGuest("one");
        SystemTime.Initialise(hertz, 777);
        uint version = guest.Info.Time.Version;
        TimeRecord.Publish(ref guest.Vcpu);
        VcpuTimeInfo record = guest.Info.Time;
        Assert.True(record.Version % 2 == 0 && record.Version > version);
        var random = new Random(2);
        for (int turn = 0; turn < 1000; turn++)
        {
            ulong counter = record.TscTimestamp + (ulong)random.NextInt64(1L << random.Next(1, 55));
            ulong delta = counter - record.TscTimestamp;
            delta = record.TscShift >= 0 ? delta << record.TscShift : delta >> -record.TscShift;
            ulong theirs = record.SystemTime + (ulong)((UInt128)delta * record.TscToSystemMultiplier >> 32);
            Assert.Equal(SystemTime.At(counter), theirs);
        }
    }

    // An emulator's RTC was set in whole seconds: Start adds what it is behind in the middle.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 600)]
    public void TheWallClockIsTheBatterys(bool emulated, int milliseconds)
    {
        TestMachine.Start();
        SimulatedProcessor.Cpuid[(1, 0)] = (0, 0, emulated ? 1u << 31 : 0, 0);
        Hypervisor.Start.StartTime();
        var guest = new TinyGuest("one");
        ref SharedInfo shared = ref guest.Domain.SharedInfo.Value;
        Assert.Equal(0u, shared.WallClockVersion % 2);
        ulong start = (shared.WallClockSeconds | (ulong)shared.WallClockSecondsHigh << 32) * 1_000_000_000 + shared.WallClockNanoseconds;
        TimeSource.Now += 5_000_000_000;
        Assert.Equal((RealTimeClock.Seconds.GetValueOrDefault() + 5) * 1_000_000_000 + (ulong)milliseconds * 1_000_000, start + SystemTime.Now);
    }
}
