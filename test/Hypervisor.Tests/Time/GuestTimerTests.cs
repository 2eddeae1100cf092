using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>The single-shot and periodic timers of a guest, by hypercall, up to VIRQ_TIMER.</summary>
public sealed class GuestTimerTests
{
    private readonly TinyGuest guest;
    private readonly uint port;

    public GuestTimerTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one", vcpus: 2);
        guest.Enter();
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref guest.Domain, Virq.Timer, 0, out port));
    }

    private bool TakeTick()
    {
        bool pending = EventChannels.IsPending(ref guest.Domain, port);
        guest.Domain.SharedInfo.Value.EventPending[0] = 0;
        return pending;
    }

    private static void Pass(ulong nanoseconds)
    {
        TimeSource.Now += nanoseconds;
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
    }

    [Fact]
    public void ASingleShotFiresOnce()
    {
        guest.Call(Hypercall.SetTimerOp, SystemTime.Now + 10_000);
        Assert.Equal(10_000ul, SimulatedProcessor.TimerNanoseconds);
        Pass(9_999);
        Assert.False(TakeTick());
        Pass(1);
        Assert.True(TakeTick());
        Pass(100_000);
        Assert.False(TakeTick());
    }

    [Fact]
    public void OneThatHasPassedFiresAtOnce()
    {
        guest.Call(Hypercall.SetTimerOp, 1);
        Assert.True(TakeTick());
    }

    [Fact]
    public void ZeroCancels()
    {
        guest.Call(Hypercall.SetTimerOp, SystemTime.Now + 10_000);
        guest.Call(Hypercall.SetTimerOp, 0);
        Pass(100_000);
        Assert.False(TakeTick());
    }

    [Fact]
    public void APeriodicTimerFiresEveryPeriod()
    {
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 0, Record(2_000_000)));
        for (int turn = 0; turn < 10; turn++)
        {
            Pass(1_999_999);
            Assert.False(TakeTick());
            Pass(1);
            Assert.True(TakeTick());
        }
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.StopPeriodicTimer));
        Pass(20_000_000);
        Assert.False(TakeTick());
    }

    private static ulong Record<T>(T record)
        where T : unmanaged
    {
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), record);
        return TinyGuest.AddressOf(TinyGuest.RecordFrame);
    }

    private static ulong Record(ulong period) => Record(new VcpuSetPeriodicTimer { Period = period });

    [Theory]
    [InlineData(0ul)]
    [InlineData(999_999ul)]
    [InlineData((ulong.MaxValue >> 2) + 1)]
    [InlineData(ulong.MaxValue)]
    public void PeriodsOutOfBoundsAreRefused(ulong period)
        => Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 0, Record(period)));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue)]
    [InlineData((ulong)long.MaxValue + 1)]
    public void TheFarthestTimesAreNoMistake(ulong deadline)
    {
        guest.Call(Hypercall.SetTimerOp, deadline);
        Pass(1_000_000);
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 0, Record(ulong.MaxValue >> 2)));
        Pass(1_000_000);
        Assert.False(TakeTick());
    }

    [Fact]
    public void ASingleShotByVcpuOpIsForOneself()
    {
        var record = new VcpuSetSingleshotTimer { Timeout = SystemTime.Now + 5_000 };
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 0, Record(record)));
        Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 1, Record(record)));
        Assert.Equal(-(long)Errno.NoEnt, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 2, Record(record)));
        record = new VcpuSetSingleshotTimer { Timeout = 1, Flags = VcpuSingleshotFlags.Future };
        Assert.Equal(-(long)Errno.Time, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 0, Record(record)));
        Pass(5_000);
        Assert.True(TakeTick());
    }
}
