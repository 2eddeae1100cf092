using System;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Console;

/// <summary>
/// A serial port that never comes to an end, broken or fed without a pause: guests run all the same, and it is served all the same. Its interrupt
/// comes once only, since its line does not fall.
/// </summary>
public sealed class BrokenPortTests
{
    /// <summary>What is taken in one turn.</summary>
    private const int Turn = 64;

    /// <summary>More than a turn that ends ever looks.</summary>
    private const int Storm = 10_000;

    private readonly TinyGuest guest;
    private int looks;

    public BrokenPortTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out _));
    }

    private bool Look()
    {
        if (++looks > Storm)
            throw new InvalidOperationException("the port is served without an end");
        return true;
    }

    /// <summary>It always has a byte: a digit, which says nothing on the hypervisor's console.</summary>
    private void AlwaysReceives() => Serial.Receiving = () => Look() ? (byte)'1' : null;

    /// <summary>It never has a byte, and asks for something.</summary>
    private void AlwaysAsks() => (Serial.Receiving, Serial.Asking) = (() => null, Look);

    private void Runs() => Assert.True(Link<VirtualCpu>.To(ref Work.Run(ref TestMachine.Processor)).Same(ref guest.Vcpu));

    private static void Interrupt() => InterruptEntry.Handle(LocalApic.SerialVector, ref TestMachine.Processor);

    [Theory]
    [InlineData(true, Turn)]
    [InlineData(false, 1)]
    public void AGuestRunsAndThePortIsServedBetweenItsSlices(bool receives, int each)
    {
        if (receives)
            AlwaysReceives();
        else
            AlwaysAsks();
        Interrupt();
        Runs();
        Assert.Equal(each, looks);
        Runs();
        Assert.Equal(each, looks);
        for (int slice = 2; slice < 10; slice++)
        {
            TestMachine.Processor.Work |= ProcessorWork.Schedule;
            Runs();
            Assert.Equal(slice * each, looks);
        }
    }

    /// <summary>While nobody runs it is served again and again, with interrupts let in between, until somebody wakes a guest.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AGuestWakesWhileThePortIsServed(bool receives)
    {
        if (receives)
            AlwaysReceives();
        else
            AlwaysAsks();
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        int turns = 0;
        SimulatedProcessor.WhileWaiting = () =>
        {
            if (++turns != 20)
                return;
            // Another processor takes the lock meanwhile.
            HypervisorLock.Acquire();
            Scheduler.Unblock(ref guest.Vcpu);
            HypervisorLock.Release();
        };
        Interrupt();
        Runs();
        Assert.Equal(20, turns);
        Assert.Equal(0, Journal.Count(Act.Wait));
        Assert.InRange(looks, 20, Storm);
    }

    [Fact]
    public void OneThatHasComeToItsEndIsLeftAlone()
    {
        AlwaysAsks();
        Interrupt();
        Runs();
        Serial.Asking = () => !Look();
        TestMachine.Processor.Work |= ProcessorWork.Schedule;
        Runs();
        Assert.Equal(2, looks);
        TestMachine.Processor.Work |= ProcessorWork.Schedule;
        Runs();
        Assert.Equal(2, looks);
    }
}
