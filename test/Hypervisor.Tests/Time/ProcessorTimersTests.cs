using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>Timers on several processors: in whose heap they are, and that somebody looks at each in time.</summary>
public sealed class ProcessorTimersTests
{
    private readonly TinyGuest guest;
    private readonly uint[] ports = new uint[2];

    public ProcessorTimersTests()
    {
        TestMachine.Start();
        TestMachine.AddProcessors(1);
        guest = new TinyGuest("one", vcpus: 2);
        guest.Enter();
        for (uint number = 0; number < 2; number++)
            Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref guest.Domain, Virq.Timer, number, out ports[number]));
    }

    [Fact]
    public void ATimerIsWhereItsVirtualCpuRanWhenItWasSet()
    {
        Timers.Set(ref guest.Vcpu, TimerKind.SingleShot, 500);
        Assert.Equal((1u, 0u), (Timers.CountOn(0), Timers.CountOn(1)));
        guest.Vcpu.Processor = Processors.All[1];
        Assert.Equal(500ul, ProcessorTimer.All[0].Next);
        Timers.Set(ref guest.Vcpu, TimerKind.Poll, 700);
        Assert.Equal((0u, 1u), (Timers.CountOn(0), Timers.CountOn(1)));
        Assert.Equal((Timers.Stopped, 500ul), (ProcessorTimer.All[0].Next, ProcessorTimer.All[1].Next));
        guest.Vcpu.Processor = Processors.All[0];
        Timers.Stop(ref guest.Vcpu, TimerKind.SingleShot);
        Assert.Equal(700ul, ProcessorTimer.All[1].Next);
        Timers.StopAll(ref guest.Vcpu);
        Assert.Equal((0u, 0u), (Timers.CountOn(0), Timers.CountOn(1)));
    }

    [Fact]
    public void AnotherProcessorIsToldOfATimerThatItMustLookAt()
    {
        ref VirtualCpu other = ref guest.Domain.Vcpu(1);
        other.Processor = Processors.All[1];
        Processors.All[1].Value.Work = ProcessorWork.None;
        Journal.Clear();
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuSetPeriodicTimer { Period = 2_000_000 });
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 1, TinyGuest.AddressOf(TinyGuest.RecordFrame)));
        Assert.Equal(ProcessorWork.Timer, Processors.All[1].Value.Work & ProcessorWork.Timer);
        Assert.Equal(1, Journal.Count(Act.Kick));
        Assert.Equal(1u, Timers.CountOn(1));
    }

    /// <summary>A timer that is moved back, or put behind what its processor is set for, is nothing to interrupt that for.</summary>
    [Fact]
    public void AnotherProcessorIsNotToldOfALaterTimer()
    {
        ref VirtualCpu other = ref guest.Domain.Vcpu(1);
        other.Processor = Processors.All[1];
        SimulatedProcessor.Number = 1;
        Timers.Set(ref other, TimerKind.SingleShot, SystemTime.Now + 1_000_000);
        ProcessorTimer.All[1].Program(SystemTime.Now);
        SimulatedProcessor.Number = 0;
        Processors.All[1].Value.Work = ProcessorWork.None;
        Journal.Clear();
        foreach (ulong period in (ulong[])[2_000_000, 3_000_000, 5_000_000])
        {
            TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuSetPeriodicTimer { Period = period });
            Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 1, TinyGuest.AddressOf(TinyGuest.RecordFrame)));
        }
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.StopPeriodicTimer, 1));
        Assert.Equal(0, Journal.Count(Act.Kick));
        Assert.Equal(ProcessorWork.None, Processors.All[1].Value.Work);
    }

    [Fact]
    public void WhoeverFiresATimerTheEventFindsItsVirtualCpu()
    {
        Timers.Set(ref guest.Vcpu, TimerKind.SingleShot, SystemTime.Now + 1000);
        guest.Vcpu.Processor = Processors.All[1];
        TimeSource.Now += 1000;
        TimerEvents.TakeInterrupt(ref Processors.All[0].Value);
        Assert.True(EventChannels.IsPending(ref guest.Domain, ports[0]));
    }
}
