extern alias machine;

using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Simulation;

using Xunit;

using Serial = machine::Serai.Machine.Serial;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>src/Machine/Serial.cs over the registers of a port: what is written waits for the transmitter, and nobody for a broken one.</summary>
public sealed class SerialTests
{
    private const ushort Port = 0x3f8, InterruptEnable = Port + 1, LineState = Port + 5;
    private const byte Free = 0x60, Busy = 0, AsksTransmit = 2;

    public SerialTests()
    {
        TestMachine.Start();
        Set(Free);
        Serial.Initialise(Port, 0, Serial.UsualFormat);
        Serial.Waits = true;
        Journal.Clear();
    }

    private static void Set(byte line)
    {
        Dictionary<ushort, byte> ports = SimulatedProcessor.PortValues;
        (ports[Port], ports[Port + 2], ports[LineState]) = (0, 1, line);
    }

    private static byte[] WrittenTo(ushort port)
        => [.. Journal.Entries.Where(it => it.Act == Act.PortOut && (ushort)it.Detail == port).Select(it => (byte)(it.Detail >> 16))];

    private static void Write(int count)
    {
        for (int index = 0; index < count; index++)
            Serial.Write((byte)index);
    }

    private static byte[] Letters(int count) => [.. Enumerable.Range(0, count).Select(index => (byte)index)];

    [Fact]
    public void AFreeTransmitterTakesAllInOrder()
    {
        Write(100);
        Assert.Equal(Letters(100), WrittenTo(Port));
        Assert.Empty(WrittenTo(InterruptEnable));
    }

    [Fact]
    public void WhatWaitsIsAskedForOnceAndSentInOrder()
    {
        Set(Busy);
        Write(100);
        Assert.Empty(WrittenTo(Port));
        Assert.Equal(1, WrittenTo(InterruptEnable).Count(value => (value & AsksTransmit) != 0));
        Set(Free);
        Serial.Transmit();
        Assert.Equal(Letters(100), WrittenTo(Port));
        Assert.Equal(0, WrittenTo(InterruptEnable).Last() & AsksTransmit);
    }

    /// <summary>The first byte without room waits for as long as a slow line takes; those behind it do not, or the machine stood still.</summary>
    [Fact]
    public void ATransmitterThatNeverGetsReadyIsWaitedForOnce()
    {
        Set(Busy);
        Write((int)Serial.Room + 1);
        uint before = Serial.Accesses;
        Write(100);
        Assert.InRange(Serial.Accesses - before, 100u, 1000u);
        Assert.Equal(0u, Serial.Room);
    }

    [Fact]
    public void WhileGuestsRunNobodyWaits()
    {
        Serial.Waits = false;
        Set(Busy);
        Write((int)Serial.Room);
        uint before = Serial.Accesses;
        Write(100);
        Assert.Equal(before, Serial.Accesses);
        Set(Free);
        Serial.Finish();
        Assert.Equal(Letters(8192), WrittenTo(Port));
    }

    /// <summary>One whose plug is pulled, or that stops to answer: what waits is lost, and the end of the machine does not wait for it.</summary>
    [Fact]
    public void WhatWaitsForAPortThatIsGoneIsLost()
    {
        Set(Busy);
        Write(100);
        (SimulatedProcessor.PortValues[Port + 2], SimulatedProcessor.PortValues[LineState]) = (0xff, 0xff);
        Serial.Transmit();
        Assert.False(Serial.IsReady);
        Assert.Equal(8192u, Serial.Room);
        Serial.Finish();
        Write(1);
        Assert.Empty(WrittenTo(Port));
    }

    /// <summary>An emulator's transmitter takes all at once, and each byte costs a way out of the machine: the lock is held meanwhile.</summary>
    [Fact]
    public void ATransmitterThatIsNeverBusyIsFilledALittleAtATime()
    {
        const int all = 5000, most = 200;
        Serial.Waits = false;
        Set(Busy);
        Write(all);
        Set(Free);
        int goes = 0;
        for (; Serial.Room < 8192; goes++)
        {
            uint before = Serial.Accesses;
            Serial.Transmit();
            Assert.InRange(Serial.Accesses - before, 1u, (uint)most);
            Assert.Equal(Serial.Room < 8192, (WrittenTo(InterruptEnable).Last() & AsksTransmit) != 0);
        }
        Assert.InRange(goes, all / most, all);
        Assert.Equal(Letters(all), WrittenTo(Port));
    }
}
