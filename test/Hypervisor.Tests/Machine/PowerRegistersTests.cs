using System;
using System.Collections.Generic;

using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

using static Serai.Hypervisor.Tests.Machine.FirmwareTables;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>What is written to power off and to reset, on machines of several kinds whose tables lie in simulated memory.</summary>
public sealed class PowerRegistersTests
{
    private const ulong Root = 0x1000, Definitions = 0x2000;

    private readonly List<(string Kind, ulong Place, uint Value)> _writes = [];

    public PowerRegistersTests()
    {
        TestMachine.Start();
        SimulatedProcessor.PortWriting = (port, value, _) => _writes.Add(("port", port, value));
        DeviceMemory.Writing = (place, value, bytes) => _writes.Add(($"memory{bytes}", place, value));
    }

    private static void PutTables(uint flags, params (int Offset, byte[] Bytes)[] fields)
    {
        byte[] definitions = Table("DSDT", [.. "\u0008_S5_"u8, 0x12, 6, 4, 0x0a, 5, 0x0a, 3, 0, 0]);
        definitions.CopyTo(DirectMap.Bytes(new(Definitions), (ulong)definitions.Length));
        Put(Root, Fadt(flags, [.. fields, (140, BitConverter.GetBytes(Definitions))]));
        Acpi.Protect(Root);
        Acpi.Find();
        PowerRegisters.Initialise();
    }

    [Fact]
    public void AMachineWithoutTheOldRegistersGoesOffByItsSleepControlRegister()
    {
        PutTables(1 << 20 | 1 << 10, (64, BitConverter.GetBytes(0x604u)), (244, Address(0, 0xfea0_0000)), (116, Address(0, 0xfea0_0002)),
            (128, [0x42]));
        PowerRegisters.Off();
        Assert.Equal([("memory1", 0xfea0_0000ul, 5u << 2 | 0x20)], _writes);
        _writes.Clear();
        PowerRegisters.Reset();
        Assert.Equal([("memory1", 0xfea0_0002ul, 0x42u)], _writes);
    }

    [Fact]
    public void BothHalvesOfPm1AreWritten()
    {
        PutTables(1 << 10, (64, BitConverter.GetBytes(0x604u)), (68, BitConverter.GetBytes(0x704u)), (116, Address(1, 0xcf9)), (128, [6]));
        PowerRegisters.Off();
        Assert.Equal([("port", 0x604ul, 5u << 10 | 0x2000), ("port", 0x704ul, 3u << 10 | 0x2000)], _writes);
        _writes.Clear();
        PowerRegisters.Reset();
        Assert.Equal([("port", 0xcf9ul, 6u)], _writes);
    }

    [Fact]
    public void WithoutTablesNothingIsWritten()
    {
        PowerRegisters.Initialise();
        PowerRegisters.Off();
        PowerRegisters.Reset();
        Assert.Empty(_writes);
    }
}
