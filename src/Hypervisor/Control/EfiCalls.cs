using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// What XENPF_firmware_info tells of EFI (platform.h), where the machine was booted by it: where the firmware's other tables are, which is how Linux
/// finds ACPI's on such a machine. EFI's services at run time are not offered, as by a Xen with efi=no-rs.
/// </summary>
internal static class EfiCalls
{
    /// <summary>Offset of the answer behind type and index.</summary>
    private const ulong Answer = 8;

    /// <summary>Errors: NoSys where the machine was not booted by EFI, Fault, Srch, NoEnt, NoDev, Inval.</summary>
    internal static Errno Tell(GuestAddress payload, in PlatformFirmwareInfo info)
    {
        if (EfiSystem.Revision == 0)
            return Errno.NoSys;
        switch ((EfiInfoType)info.Index)
        {
            case EfiInfoType.Version:
                return Done(GuestMemory.TryWrite(payload + Answer, EfiSystem.Revision));
            case EfiInfoType.ConfigurationTable:
                return Done(GuestMemory.TryWrite(payload + Answer, EfiSystem.Configuration)
                    && GuestMemory.TryWrite(payload + (Answer + sizeof(ulong)), EfiSystem.ConfigurationCount));
            case EfiInfoType.Vendor:
                return Done(TryTellVendor(payload, info.EfiVendor));
            case EfiInfoType.Memory:
                return TellMemory(payload, info.EfiMemory);
            case EfiInfoType.PciRom:
                return Errno.NoEnt;
            case EfiInfoType.RuntimeVersion or EfiInfoType.AppleProperties:
                return Errno.NoDev;
            default:
                return Errno.Inval;
        }
    }

    private static Errno Done(bool isDone) => isDone ? Errno.None : Errno.Fault;

    /// <summary>Tells the maker's version, and of its name as much as there is room for.</summary>
    private static bool TryTellVendor(GuestAddress payload, EfiVendor vendor)
    {
        const uint longest = 128;
        uint letters = vendor.Bytes / 2 < longest ? vendor.Bytes / 2 : longest;
        Preemption.Charge(Cost.SmallRecord, letters);
        for (uint index = 0; index < letters; index++)
        {
            ushort letter = EfiSystem.VendorLetter(index);
            if (!GuestMemory.TryWrite(new GuestAddress(vendor.Name) + index * 2ul, letter))
                return false;
            if (letter == 0)
                break;
        }
        vendor.Revision = EfiSystem.VendorRevision;
        return GuestMemory.TryWrite(payload + Answer, vendor);
    }

    /// <summary>
    /// Tells what the memory at an address is and how far that reaches, by the map that the loader gave: what that calls reserved may be of several
    /// kinds, and is told as such.
    /// </summary>
    private static Errno TellMemory(GuestAddress payload, EfiMemory asked)
    {
        const ulong writeBack = 8;
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            Preemption.Charge(Cost.FreeBlock);
            E820Entry entry = BootInformation.Memory(index);
            if (asked.Address < entry.Address || asked.Address - entry.Address >= entry.Size)
                continue;
            ulong rest = entry.Size - (asked.Address - entry.Address);
            asked.Size = asked.Size < rest ? asked.Size : rest;
            (asked.Attributes, asked.Type) = (writeBack, KindOf(entry.Type));
            return Done(GuestMemory.TryWrite(payload + Answer, asked));
        }
        return Errno.Srch;
    }

    private static EfiMemoryType KindOf(E820Type type) => type switch
    {
        E820Type.Ram => EfiMemoryType.Conventional,
        E820Type.AcpiReclaimable => EfiMemoryType.AcpiReclaimable,
        E820Type.AcpiNonVolatile => EfiMemoryType.AcpiNonVolatile,
        E820Type.Unusable => EfiMemoryType.Unusable,
        _ => EfiMemoryType.Reserved,
    };
}
