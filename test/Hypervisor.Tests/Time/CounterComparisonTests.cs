using System;
using System.Threading;

using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>
/// Two processors compare their counters. Each has a thread, but only one of them runs at a time, the other whenever one pauses; a reading takes ten
/// ticks, so everything happens in the same order each time.
/// </summary>
public sealed class CounterComparisonTests
{
    private const uint TimeStamp = 0x10, Adjust = 0x3b;

    private readonly SemaphoreSlim _first = new(0), _second = new(0);
    private readonly ThreadLocal<bool> _isSecond = new();
    private long _counter = 10_000_000_000, _gap;
    private volatile bool _isOver;

    public CounterComparisonTests()
    {
        TestMachine.Start();
        TimeSource.Reading = () => (ulong)((_counter += 10) + (_isSecond.Value ? _gap : 0));
        SimulatedProcessor.WhilePausing = Change;
        SimulatedProcessor.Msrs[TimeStamp] = 0;
        CounterComparison.Prepare();
        Serial.Clear();
    }

    private void Change()
    {
        (SemaphoreSlim own, SemaphoreSlim others) = _isSecond.Value ? (_second, _first) : (_first, _second);
        others.Release();
        if (!_isOver)
            own.Wait();
    }

    /// <summary>What both say: that the counters are the same now.</summary>
    private (bool Asker, bool Answerer) Compare()
    {
        bool answer = false;
        SimulatedMachine machine = SimulatedMachine.Present;
        var other = new Thread(() =>
        {
            SimulatedMachine.Present = machine;
            _isSecond.Value = true;
            _second.Wait();
            answer = CounterComparison.Answer();
            _isOver = true;
            _first.Release();
        });
        other.Start();
        bool result = CounterComparison.Ask(1);
        _isOver = true;
        _second.Release();
        other.Join();
        return (result, answer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void CountersThatMayBeTheSameAreLeft(long gap)
    {
        _gap = gap;
        Assert.Equal((true, true), Compare());
        Assert.Equal(gap, _gap);
        Assert.Empty(Serial.Output);
    }

    /// <summary>What is written to the counter holds later than meant, as an instruction takes its time.</summary>
    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(-1_000_000, 0)]
    [InlineData(5_000, 300)]
    [InlineData(-123_456_789, -2_000)]
    public void ACounterIsSetUntilItMayBeTheSame(long gap, long error)
    {
        _gap = gap;
        int writes = 0;
        SimulatedProcessor.WritesMsr = (number, value) =>
        {
            Assert.Equal(TimeStamp, number);
            _gap = (long)value - _counter + (writes++ == 0 ? error : 0);
            return true;
        };
        Assert.Equal((true, true), Compare());
        Assert.InRange(_gap, -100, 100);
        Assert.True(writes >= (error == 0 ? 1 : 2), $"{writes}");
        Assert.Contains("processor 1: its counter differs", Serial.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRegisterThatAddsIsTakenWhereThereIsOne()
    {
        _gap = 5_000_000;
        SimulatedProcessor.Cpuid[(0, 0)] = (7, 0, 0, 0);
        SimulatedProcessor.Cpuid[(7, 0)] = (0, 2, 0, 0);
        SimulatedProcessor.Msrs[Adjust] = 100;
        SimulatedProcessor.WritesMsr = (number, value) =>
        {
            Assert.Equal(Adjust, number);
            _gap += (long)value - (long)SimulatedProcessor.Msrs[Adjust];
            return true;
        };
        Assert.Equal((true, true), Compare());
        Assert.InRange(_gap, -100, 100);
    }

    [Fact]
    public void AProcessorWhoseCounterCannotBeSetIsNotUsed()
    {
        _gap = 5_000;
        SimulatedProcessor.WritesMsr = (_, _) => false;
        Assert.Equal((false, false), Compare());
    }
}
