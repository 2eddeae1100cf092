using System;

using FsCheck;
using FsCheck.Fluent;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>The alarm timer in virtual time: it counts what its virtual CPU runs, and nothing else.</summary>
public sealed class VirtualTimerTests
{
    private const ulong Millisecond = 1_000_000;

    private TinyGuest one = null!;
    private TinyGuest two = null!;
    private uint port;

    public VirtualTimerTests() => Start();

    private void Start()
    {
        TestMachine.Start();
        (one, two) = (new TinyGuest("one", vcpus: 2), new TinyGuest("two"));
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref one.Domain, Virq.Timer, 0, out port));
        Run(one);
    }

    /// <summary>Lets one guest run and the other wait.</summary>
    private void Run(TinyGuest? guest)
    {
        foreach (TinyGuest each in (TinyGuest[])[one, two])
        {
            if (each == guest)
                Scheduler.Resume(ref each.Vcpu, PauseReasons.Domain);
            else
                Scheduler.Pause(ref each.Vcpu, PauseReasons.Domain);
        }
        Assert.Equal(guest is not null, Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> next));
        Assert.True(guest is null || next.Same(ref guest.Vcpu));
    }

    private bool TakeTick()
    {
        bool pending = EventChannels.IsPending(ref one.Domain, port);
        one.Domain.SharedInfo.Value.EventPending[0] = 0;
        return pending;
    }

    private static void Pass(ulong nanoseconds)
    {
        TimeSource.Now += nanoseconds;
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
    }

    private ulong VirtualNow => Runstates.VirtualTime(one.Vcpu, SystemTime.Now);

    private long Set(ulong timeout, VcpuSingleshotFlags flags = 0, uint vcpu = 0)
    {
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuSetSingleshotTimer { Timeout = timeout, Flags = flags });
        return one.Call(Hypercall.VcpuOp, (ulong)SeraiVcpuCommand.SetVirtualTimer, vcpu, TinyGuest.AddressOf(TinyGuest.RecordFrame));
    }

    [Fact]
    public void ItFiresAfterSoMuchOfRunning()
    {
        Assert.Equal(0, Set(VirtualNow + 5 * Millisecond));
        Pass(2 * Millisecond);
        Run(two);
        Pass(100 * Millisecond);
        Assert.False(TakeTick());
        Run(one);
        Pass(3 * Millisecond - 1);
        Assert.False(TakeTick());
        Pass(1);
        Assert.True(TakeTick());
        Pass(100 * Millisecond);
        Assert.False(TakeTick());
    }

    [Fact]
    public void TheRealTimerBesideItKeepsItsOwnTime()
    {
        Assert.Equal(0, Set(VirtualNow + 50 * Millisecond));
        one.Call(Hypercall.SetTimerOp, SystemTime.Now + 10 * Millisecond);
        Run(two);
        Pass(10 * Millisecond);
        Assert.True(TakeTick());
        Run(one);
        Pass(50 * Millisecond);
        Assert.True(TakeTick());
    }

    [Fact]
    public void OneThatHasPassedFiresAtOnceOrIsRefused()
    {
        Pass(Millisecond);
        Assert.Equal(0, Set(VirtualNow));
        Assert.True(TakeTick());
        Assert.Equal(-(long)Errno.Time, Set(VirtualNow - 1, VcpuSingleshotFlags.Future));
        Assert.Equal(0, Set(0));
        Assert.True(TakeTick());
    }

    [Fact]
    public void OneThatIsStoppedOrFarAwayNeverFires()
    {
        Assert.Equal(0, Set(VirtualNow + Millisecond));
        Assert.Equal(0, one.Call(Hypercall.VcpuOp, (ulong)SeraiVcpuCommand.StopVirtualTimer));
        Pass(10 * Millisecond);
        foreach (ulong far in (ulong[])[ulong.MaxValue, ulong.MaxValue - 1, 1ul << 63, long.MaxValue])
        {
            Assert.Equal(0, Set(far));
            Run(two);
            Run(one);
            Pass(10 * Millisecond);
        }
        Assert.False(TakeTick());
    }

    [Fact]
    public void ItIsForOneself()
    {
        Assert.Equal(-(long)Errno.Inval, Set(Millisecond, vcpu: 1));
        Assert.Equal(-(long)Errno.NoEnt, Set(Millisecond, vcpu: 2));
        Assert.Equal(-(long)Errno.Inval, one.Call(Hypercall.VcpuOp, (ulong)SeraiVcpuCommand.StopVirtualTimer, 1));
        Assert.Equal(-(long)Errno.Fault, one.Call(Hypercall.VcpuOp, (ulong)SeraiVcpuCommand.SetVirtualTimer, 0, Layout.DirectMap));
        Assert.Equal(-(long)Errno.NoSys, one.Call(Hypercall.VcpuOp, (ulong)SeraiVcpuCommand.StopVirtualTimer + 1));
    }

    // However it is put off the processor and back, it fires when it has run so long: not a nanosecond sooner or later.
    [Fact]
    public void ItFiresExactlyThen()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<ushort[], uint>((parts, distance) => FireAfter(parts, distance)));

    private void FireAfter(ushort[] parts, uint distance)
    {
        Start();
        ulong left = distance % 50_000_000u + 1;
        Assert.Equal(0, Set(VirtualNow + left));
        foreach (ushort part in parts)
        {
            ulong span = part * 100ul;
            if (part % 2 == 0)
            {
                Run(part % 4 == 0 ? two : null);
                Pass(span);
                Assert.False(TakeTick());
                Run(one);
                continue;
            }
            Pass(Math.Min(span, left - 1));
            left -= Math.Min(span, left - 1);
            Assert.False(TakeTick());
        }
        Pass(left);
        Assert.True(TakeTick());
    }

    [Fact]
    public void ADomainThatDiesLeavesNoTimer()
    {
        Assert.Equal(0, Set(VirtualNow + Millisecond));
        one.Call(Hypercall.SetTimerOp, SystemTime.Now + Millisecond);
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        while (Timers.CountOn(0) != 0)
            Teardown.Step(ref TestMachine.Processor);
        Pass(10 * Millisecond);
    }
}
