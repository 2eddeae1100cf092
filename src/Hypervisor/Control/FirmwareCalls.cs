using Serai.Abi;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>What platform_op tells of the firmware, and what it is told of the firmware's wishes about processors (platform.h).</summary>
internal static class FirmwareCalls
{
    /// <summary>
    /// What only a BIOS tells that is still there to be asked is told as where it knows nothing. Errors: Fault, Srch for what there is not, Inval,
    /// and those of EFI's (<see cref="EfiCalls"/>).
    /// </summary>
    internal static Errno Tell(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformFirmwareInfo info))
            return Errno.Fault;
        const ulong answer = 8;
        switch (info.Type)
        {
            case FirmwareInfoType.Disk or FirmwareInfoType.DiskMbrSignature or FirmwareInfoType.VbeDdc:
                return Errno.Srch;
            case FirmwareInfoType.Efi:
                return EfiCalls.Tell(payload, info);
            case FirmwareInfoType.KeyboardShiftFlags when info.Index != 0:
                return Errno.Srch;
            case FirmwareInfoType.KeyboardShiftFlags:
                byte flags = EfiSystem.Revision != 0 ? (byte)0 : BiosData.KeyboardShiftFlags;
                return GuestMemory.TryWrite(payload + answer, flags) ? Errno.None : Errno.Fault;
            default:
                return Errno.Inval;
        }
    }

    /// <summary>
    /// C and P states of a processor are checked, and not used: one that idles halts, and its frequency is the firmware's affair. Errors: Fault,
    /// Inval for a processor that the firmware does not know, NoSys for T states.
    /// </summary>
    internal static Errno TakePowerInfo(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformPowerInfo info))
            return Errno.Fault;
        return info.Type switch
        {
            PowerInfoType.IdleStates when !IsList(info.IdleStates.States, info.IdleStates.Count) => Errno.Fault,
            PowerInfoType.PerformanceStates when Has(info, ProcessorPerformanceFlags.States)
                && !IsList(info.Performance.States, info.Performance.Count) => Errno.Fault,
            PowerInfoType.IdleStates or PowerInfoType.PerformanceStates => Acpi.HasProcessor(info.Id) ? Errno.None : Errno.Inval,
            PowerInfoType.ThrottlingStates => Errno.NoSys,
            PowerInfoType.Capabilities => TellCapabilities(new GuestAddress(info.Capabilities)),
            _ => Errno.Inval,
        };
    }

    private static bool Has(in PlatformPowerInfo info, ProcessorPerformanceFlags flag) => (info.Performance.Flags & flag) != 0;

    /// <summary>Whether a list of states lies where a guest's may.</summary>
    private static bool IsList(ulong place, uint count)
    {
        const ulong stateBytes = 48;
        return GuestMemory.IsAllowed(new GuestAddress(place), count * stateBytes);
    }

    /// <summary>
    /// Takes out of what the firmware is to be told (_PDC: revision 1, how many words follow, and the first of these) all that nobody drives. Errors:
    /// Fault, Inval.
    /// </summary>
    private static Errno TellCapabilities(GuestAddress place)
    {
        const uint revision = 1, haltsInC1 = 2;
        const ulong first = 8;
        if (!GuestMemory.TryRead(place, out ulong head))
            return Errno.Fault;
        if ((head & uint.MaxValue) != revision || head >> 32 == 0)
            return Errno.Inval;
        return GuestMemory.TryRead(place + first, out uint _) && GuestMemory.TryWrite(place + first, haltsInC1) ? Errno.None : Errno.Fault;
    }
}
