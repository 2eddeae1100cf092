using System.Collections.Generic;

using Serai.Machine;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>A serial port's registers where there is a 16550, nobody, or something broken.</summary>
public sealed class UartTests
{
    private const ushort Port = 0x3f8, InterruptState = Port + 2, LineState = Port + 5;

    public UartTests()
    {
        TestMachine.Start();
        Set(interrupts: 1, line: 0x60);
        Uart.Open(Port, 115_200, Serial.UsualFormat);
        Assert.True(Uart.IsThere);
    }

    private static void Set(byte interrupts, byte line, byte data = (byte)'x')
    {
        Dictionary<ushort, byte> ports = SimulatedProcessor.PortValues;
        (ports[Port], ports[InterruptState], ports[LineState]) = (data, interrupts, line);
    }

    [Fact]
    public void APortReceivesAndTransmits()
    {
        Assert.False(Uart.TryRead(out _));
        Assert.True(Uart.IsTransmitterFree);
        Set(interrupts: 0xc4, line: 0x01);
        Assert.True(Uart.TryRead(out byte value));
        Assert.Equal((byte)'x', value);
        Assert.True(Uart.IsAsking);
        Assert.False(Uart.IsTransmitterFree);
    }

    [Theory]
    [InlineData(0xc2, true)]
    [InlineData(0xc4, true)]
    [InlineData(0xcc, true)]
    [InlineData(0xc1, false)]
    [InlineData(0xff, false)]
    [InlineData(0x00, false)]
    public void WhatItWasToldToAskForIsAsking(byte interrupts, bool isAsking)
    {
        Set(interrupts, line: 0x60);
        Assert.Equal(isAsking, Uart.IsAsking);
    }

    // Ports that nobody answers read as ones: bytes without end, and a transmitter that takes all.
    [Fact]
    public void WhereNobodyAnswersThereIsNoPort()
    {
        Set(interrupts: 0xff, line: 0xff, data: 0xff);
        Assert.False(Uart.TryRead(out _));
        Assert.False(Uart.IsThere);
        Assert.False(Uart.IsAsking || Uart.IsTransmitterFree);
        Journal.Clear();
        Uart.Send((byte)'x');
        Uart.AskFor(transmit: true);
        Assert.DoesNotContain(Journal.Entries, entry => entry.Act == Act.PortOut);
        Uart.Open(Port, 0, Serial.UsualFormat);
        Assert.False(Uart.IsThere);
    }

    // Every error at once is possible while somebody pulls the plug; two bits of the other register never are.
    [Fact]
    public void ALineWithEveryErrorIsStillAPort()
    {
        Set(interrupts: 0xc6, line: 0xff);
        Assert.True(Uart.TryRead(out _));
        Assert.True(Uart.IsThere);
    }

    [Fact]
    public void APortThatAnswersZerosHasNothing()
    {
        Set(interrupts: 0, line: 0, data: 0);
        Assert.False(Uart.TryRead(out _));
        Assert.False(Uart.IsAsking || Uart.IsTransmitterFree);
    }
}
