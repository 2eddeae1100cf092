using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Firmware's tables, made byte by byte as ACPI 6.5 lays them out (chapter 5).</summary>
internal static class FirmwareTables
{
    private const uint HeaderBytes = 36;

    /// <summary>A table with its header and what follows.</summary>
    public static byte[] Table(string signature, byte[] body, byte revision = 6) =>
        [.. signature.Select(letter => (byte)letter), .. BitConverter.GetBytes(HeaderBytes + (uint)body.Length), revision, .. new byte[27], .. body];

    /// <summary>A MADT's entry for a processor with an identifier of eight bits.</summary>
    public static byte[] LocalApic(uint identifier, uint flags = 1, byte number = 7) =>
        [0, 8, number, (byte)identifier, .. BitConverter.GetBytes(flags)];

    /// <summary>A MADT's entry for a processor with an identifier of 32 bits.</summary>
    public static byte[] LocalX2Apic(uint identifier, uint flags = 1, uint number = 1234) =>
        [9, 16, 0, 0, .. BitConverter.GetBytes(identifier), .. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(number)];

    /// <summary>A MADT.</summary>
    public static byte[] Madt(params IEnumerable<byte[]> entries) => Table("APIC", [.. new byte[8], .. entries.SelectMany(entry => entry)]);

    /// <summary>A generic address structure: memory 0, ports 1.</summary>
    public static byte[] Address(byte space, ulong address) => [space, 8, 0, 1, .. BitConverter.GetBytes(address)];

    /// <summary>A FADT with flags and further fields by offset.</summary>
    public static byte[] Fadt(uint flags, params (int Offset, byte[] Bytes)[] fields)
    {
        byte[] table = Table("FACP", new byte[240]);
        foreach ((int offset, byte[] bytes) in fields.Append((112, BitConverter.GetBytes(flags))))
            bytes.CopyTo(table, offset);
        return table;
    }

    /// <summary>Puts tables into memory, with a root that the loader tells of; returns where they end.</summary>
    public static ulong Put(ulong place, params byte[][] tables)
    {
        BootInformation.AcpiRoot = place;
        ulong list = place + 64, next = list + HeaderBytes + 8 * (ulong)tables.Length;
        PutBytes(place, [.. "RSD PTR "u8, .. new byte[7], 2, .. new byte[8], .. BitConverter.GetBytes(list)]);
        var addresses = new List<byte>();
        foreach (byte[] table in tables)
        {
            addresses.AddRange(BitConverter.GetBytes(next));
            PutBytes(next, table);
            next += (ulong)table.Length;
        }
        PutBytes(list, Table("XSDT", [.. addresses]));
        return next;
    }

    /// <summary>For <see cref="TestMachine.Start"/>: the firmware tells of so many processors, with identifiers from 0 on.</summary>
    public static Func<ulong, ulong> Processors(int count) =>
        place => Put(place, Madt(Enumerable.Range(0, count).Select(number => LocalX2Apic((uint)number))));

    private static void PutBytes(ulong address, byte[] bytes) => bytes.CopyTo(DirectMap.Bytes(new(address), (ulong)bytes.Length));
}
