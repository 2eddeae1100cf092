using System;

using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>
/// What the system table of an EFI says (UEFI 2.10, 4.3) that the boot loader tells of: read once, when the machine comes up. Nothing of EFI's is
/// called. The table is the firmware's, so its address and what it names are checked against the direct map.
/// </summary>
public static class EfiSystem
{
    private const ulong Signature = 0x5453_5953_2049_4249, TableBytes = 120;

    /// <summary>Elements of the configuration table at most, of 24 bytes each: more are no table's.</summary>
    private const ulong MostElements = 4096, ElementBytes = 24;

    private struct State
    {
        public uint Revision, VendorRevision, ConfigurationCount;
        public ulong Vendor, Configuration;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>The version of EFI, its two halves major and minor; 0 where the machine was not booted by EFI.</summary>
    public static uint Revision => Now.Revision;

    /// <summary>The maker's own version.</summary>
    public static uint VendorRevision => Now.VendorRevision;

    /// <summary>The physical address of the table that names all others (ACPI's, SMBIOS's), and its elements.</summary>
    public static ulong Configuration => Now.Configuration;

    /// <inheritdoc cref="Configuration"/>
    public static uint ConfigurationCount => Now.ConfigurationCount;

    /// <summary>Reads the table at a physical address; 0 is none.</summary>
    public static void Find(ulong address)
    {
        Now = default;
        ReadOnlySpan<byte> table = IsMapped(address, TableBytes) ? DirectMap.Bytes(new(address), TableBytes) : default;
        ulong count = FirmwareBytes.Long(table, 104), configuration = FirmwareBytes.Long(table, 112);
        bool isTable = FirmwareBytes.Long(table, 0) == Signature && count <= MostElements && IsMapped(configuration, count * ElementBytes);
        if (!isTable)
            return;
        Now.Revision = FirmwareBytes.Word(table, 8);
        (Now.Vendor, Now.VendorRevision) = (FirmwareBytes.Long(table, 24), FirmwareBytes.Word(table, 32));
        (Now.Configuration, Now.ConfigurationCount) = (configuration, (uint)count);
    }

    /// <summary>A letter of the maker's name, in UTF-16; 0 behind its end.</summary>
    public static ushort VendorLetter(uint index)
    {
        ulong place = unchecked(Now.Vendor + index * 2ul);
        return Now.Vendor != 0 && IsMapped(place, 2) ? (ushort)FirmwareBytes.Half(DirectMap.Bytes(new(place), 2), 0) : (ushort)0;
    }

    private static bool IsMapped(ulong address, ulong bytes)
        => address != 0 && unchecked(address + bytes) > address && unchecked(address + bytes) <= DirectMap.Limit;
}
