using System;
using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

using static Serai.Hypervisor.Tests.Machine.FirmwareTables;

namespace Serai.Hypervisor.Tests.Control;

/// <summary>XENPF_enter_acpi_sleep on machines of several kinds.</summary>
public sealed class SleepCallTests
{
    private const ulong Root = 0x1000, Definitions = 0x2000;
    private const uint HardwareReduced = 1 << 20;

    private static readonly (int Offset, byte[] Bytes) First = (64, BitConverter.GetBytes(0x604u)), Second = (68, BitConverter.GetBytes(0x704u)),
        Control = (244, Address(0, 0xfea0_0000));

    private readonly TinyGuest initial;

    public SleepCallTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("Domain-0", initial: true);
        initial.Enter();
    }

    /// <summary>Firmware whose S5 is 5 and 3, or is not told.</summary>
    private static void PutTables(uint flags, bool tells, params (int Offset, byte[] Bytes)[] fields)
    {
        byte[] definitions = Table("DSDT", tells ? [.. "\u0008_S5_"u8, 0x12, 6, 4, 0x0a, 5, 0x0a, 3, 0, 0] : new byte[16]);
        definitions.CopyTo(DirectMap.Bytes(new(Definitions), (ulong)definitions.Length));
        Put(Root, Fadt(flags, [.. fields, (140, BitConverter.GetBytes(Definitions))]));
        Acpi.Protect(Root);
        Acpi.Find();
        PowerRegisters.Initialise();
    }

    private long Ask(uint state, uint first, uint second = 0, uint flags = 0)
    {
        var sleep = new PlatformAcpiSleep { SleepState = state, ValueA = (ushort)first, ValueB = (ushort)second };
        sleep.Flags = (PlatformAcpiSleepFlags)flags;
        return initial.Platform(PlatformCommand.EnterAcpiSleep, new PlatformOperation { AcpiSleep = sleep }).Result;
    }

    private void ExpectOff(uint first, uint second = 0, uint flags = 0)
    {
        Journal.Clear();
        Assert.Throws<MachineHalted>(() => Ask(5, first, second, flags));
        Assert.Contains(Journal.Entries, entry => entry.Act == Act.PowerOff);
    }

    [Fact]
    public void WhatThePowerRegistersAreSaidToBeToldMustBeWhatTheFirmwareSays()
    {
        PutTables(0, tells: true, First, Second);
        for (uint type = 0; type < 8; type++)
        {
            if (type != 5)
                Assert.Equal(-(long)Errno.Inval, Ask(5, type << 10 | 0x2000, 3 << 10 | 0x2000));
            if (type != 3)
                Assert.Equal(-(long)Errno.Inval, Ask(5, 5 << 10 | 0x2000, type << 10 | 0x2000));
        }
        Assert.Equal(-(long)Errno.Inval, Ask(5, 5 << 10 | 0x2000, 3 << 10));
        Assert.True(initial.IsAlive);
        ExpectOff(5 << 10 | 0x2001, 3 << 10 | 0x2000);
        Assert.Equal((DomainStage.ShutDown, ShutdownReason.PowerOff), (initial.Domain.Stage, initial.Domain.ShutdownReason));
    }

    [Fact]
    public void TheSecondRegisterDoesNotCountWhereThereIsNone()
    {
        PutTables(0, tells: true, First);
        Assert.Equal(-(long)Errno.Inval, Ask(5, 4 << 10 | 0x2000, 3 << 10 | 0x2000));
        ExpectOff(5 << 10 | 0x2000, 7 << 10);
    }

    [Fact]
    public void OneWhoKnowsMoreThanTheTablesTellIsBelieved()
    {
        PutTables(0, tells: false, First, Second);
        Assert.False(Acpi.TryGetOff(out _));
        ExpectOff(6 << 10 | 0x2000, 2 << 10 | 0x2000);
        var writes = new List<(ushort Port, uint Value)>();
        SimulatedProcessor.PortWriting = (port, value, _) => writes.Add((port, value));
        PowerRegisters.Off();
        Assert.Equal([((ushort)0x604, 6u << 10 | 0x2000), ((ushort)0x704, 2u << 10 | 0x2000)], writes);
    }

    [Fact]
    public void AMachineWithoutTheOldRegistersIsAskedTheOtherWay()
    {
        PutTables(HardwareReduced, tells: true, Control);
        Assert.Equal(-(long)Errno.Perm, Ask(5, 5 << 10 | 0x2000));
        Assert.Equal(-(long)Errno.Inval, Ask(5, 5, 3, 3));
        Assert.Equal(-(long)Errno.Range, Ask(5, 8, 3, 1));
        Assert.Equal(-(long)Errno.Range, Ask(5, 5, 8, 1));
        Assert.Equal(-(long)Errno.Range, Ask(5, ushort.MaxValue, 0xff, 1));
        Assert.Equal(-(long)Errno.Inval, Ask(5, 4, 0xff, 1));
        ExpectOff(5, 0xff, 1);
    }

    [Fact]
    public void OnlyPowerOffIsAStateToEnter()
    {
        PutTables(0, tells: true, First);
        foreach (uint state in new uint[] { 1, 2, 3, 4 })
            Assert.Equal(-(long)Errno.OpNotSupp, Ask(state, 5 << 10 | 0x2000));
        foreach (uint state in new uint[] { 0, 6, 255, int.MaxValue, uint.MaxValue })
            Assert.Equal(-(long)Errno.Inval, Ask(state, 5 << 10 | 0x2000));
        // What Xen says on the same machine: the sleep control register is not there, and no other flag is known.
        Assert.Equal(-(long)Errno.Perm, Ask(5, 5, 0, 1));
        Assert.Equal(-(long)Errno.Perm, Ask(5, 5, 0, uint.MaxValue));
        Assert.Equal(-(long)Errno.Inval, Ask(5, 5 << 10, 0, 2));
        Assert.True(initial.IsAlive);
    }

    [Fact]
    public void AMachineWithoutEitherCannotBeAsked()
    {
        Assert.Equal(-(long)Errno.Perm, Ask(5, 0x2000));
        Assert.Equal(-(long)Errno.Perm, Ask(5, 0, 0, 1));
        Assert.Equal(-(long)Errno.OpNotSupp, Ask(3, 0x2000));
    }
}
