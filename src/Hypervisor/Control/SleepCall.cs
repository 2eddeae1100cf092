using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// XENPF_enter_acpi_sleep: the initial domain, which interprets the firmware's code, says what is to be written where it would write it itself
/// (ACPI 6.5, 4.8.3.2 and 4.8.3.7). Of the sleeping states there is S5, which is power off. What the hypervisor has found in the tables itself must
/// be what the domain says; where it has found nothing the domain is believed.
/// </summary>
internal static class SleepCall
{
    private const uint Memory = 3, Off = 5;
    private const ushort HighestType = 7, NoType = 0xff;
    private const int TypeShift = 10;
    private const uint Enable = 1 << 13;

    /// <summary>
    /// Ends the machine as the domain's own power-off does. Errors, in Xen's order: Fault, OpNotSupp for other states, Perm where there is no such
    /// register, Range for no type of sleep, Inval.
    /// </summary>
    internal static Errno Enter(ref VirtualCpu vcpu, GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformAcpiSleep sleep))
            return Errno.Fault;
        if (sleep.SleepState == Memory)
            return Errno.OpNotSupp;
        bool isExtended = (sleep.Flags & PlatformAcpiSleepFlags.Extended) != 0;
        Errno error = isExtended ? CheckExtended(sleep) : CheckRegisters(sleep);
        if (error != Errno.None)
            return error;
        if (sleep.SleepState is 0 or > Off)
            return Errno.Inval;
        if (sleep.SleepState != Off)
            return Errno.OpNotSupp;
        if (!TryAgree(isExtended ? TypesOf(sleep.ValueA, sleep.ValueB) : TypesOf(sleep.ValueA >> TypeShift, sleep.ValueB >> TypeShift)))
            return Errno.Inval;
        return DomainLife.ShutDown(ref vcpu.Domain, ShutdownReason.PowerOff);
    }

    private static Errno CheckExtended(in PlatformAcpiSleep sleep)
    {
        if (!Acpi.Hardware.SleepControl.Exists)
            return Errno.Perm;
        if (sleep.Flags != PlatformAcpiSleepFlags.Extended)
            return Errno.Inval;
        return sleep.ValueA > HighestType || (sleep.ValueB > HighestType && sleep.ValueB != NoType) ? Errno.Range : Errno.None;
    }

    private static Errno CheckRegisters(in PlatformAcpiSleep sleep)
    {
        if (!Acpi.Hardware.PowerA.Exists)
            return Errno.Perm;
        bool isMismatched = Acpi.Hardware.PowerB.Exists && ((sleep.ValueA ^ sleep.ValueB) & Enable) != 0;
        return isMismatched || sleep.Flags != PlatformAcpiSleepFlags.None ? Errno.Inval : Errno.None;
    }

    private static SleepTypes TypesOf(int first, int second)
        => new() { First = (byte)(first & HighestType), Second = (byte)(second & HighestType) };

    /// <summary>Whether what powers off is what the tables say, as far as there are registers for it; it is known from now on.</summary>
    private static bool TryAgree(in SleepTypes said)
    {
        if (!Acpi.TryGetOff(out SleepTypes known))
        {
            Acpi.LearnOff(said);
            return true;
        }
        return said.First == known.First && (said.Second == known.Second || !Acpi.Hardware.PowerB.Exists);
    }
}
