using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>
/// The clocks of all virtual CPUs of two guests, read by their own records in any order, while they are scheduled on several processors, go down
/// and up and have their records moved: one and the same time that never runs backwards.
/// </summary>
public sealed class ClockAgreementTests
{
    private const uint Vcpus = 4;

    [Theory]
    [InlineData(1, 1, 2_445_432_000ul)]
    [InlineData(2, 1, 999_999_999ul)]
    [InlineData(3, 3, 1_000_000_000ul)]
    [InlineData(4, 3, 3_600_000_001ul)]
    [InlineData(5, 2, 24_000_000ul)]
    public void NoClockRunsBackwardsAgainstAnother(int seed, int processors, ulong hertz)
    {
        TestMachine.Start();
        SystemTime.Initialise(hertz, TimeSource.Now - 12_345);
        if (processors > 1)
            TestMachine.AddProcessors(processors - 1);
        TinyGuest[] guests = [new("one", vcpus: Vcpus), new("two", vcpus: Vcpus)];
        var random = new Random(seed);
        ulong last = 0;
        for (int step = 0; step < 4000; step++)
        {
            TimeSource.Now += (ulong)random.NextInt64(1L << random.Next(1, 34));
            ref VirtualCpu vcpu = ref guests[random.Next(2)].Domain.Vcpu((uint)random.Next((int)Vcpus));
            ulong now = Read(vcpu.Info.Value.Time);
            Assert.True(now >= last, $"step {step}: {now} after {last}");
            Assert.Equal(SystemTime.Now, now);
            last = now;
            Disturb(random, guests, ref vcpu);
        }
    }

    private static void Disturb(Random random, TinyGuest[] guests, ref VirtualCpu vcpu)
    {
        switch (random.Next(6))
        {
            case 0:
                vcpu.IsInitialised = true;
                Assert.Equal(0, TinyGuest.Call(ref vcpu, Hypercall.VcpuOp, (ulong)VcpuCommand.Up, vcpu.Number));
                break;
            case 1 when vcpu.Number != 0:
                Assert.Equal(0, TinyGuest.Call(ref vcpu, Hypercall.VcpuOp, (ulong)VcpuCommand.Down, vcpu.Number));
                break;
            case 2 when !vcpu.Events.HasOwnInfo:
                MoveInfo(guests, ref vcpu);
                break;
            case 3:
                TimeRecord.Publish(ref vcpu);
                break;
            default:
                SystemTime.At(TimeSource.Now);
                break;
        }
    }

    private static void MoveInfo(TinyGuest[] guests, ref VirtualCpu vcpu)
    {
        TinyGuest guest = guests[vcpu.Domain.Id == guests[0].Id ? 0 : 1];
        guest.Enter();
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame),
            new VcpuRegisterVcpuInfo { Frame = guest.Frames[12].Value, Offset = vcpu.Number * 64 });
        Assert.Equal(
            0, TinyGuest.Call(
                ref vcpu, Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterVcpuInfo, vcpu.Number, TinyGuest.AddressOf(TinyGuest.RecordFrame)));
    }

    private static ulong Read(in VcpuTimeInfo record)
    {
        Assert.Equal(0u, record.Version % 2);
        ulong delta = TimeSource.Now - record.TscTimestamp;
        delta = record.TscShift >= 0 ? delta << record.TscShift : delta >> -record.TscShift;
        return record.SystemTime + (ulong)((UInt128)delta * record.TscToSystemMultiplier >> 32);
    }
}
