namespace Serai.Hypervisor.Emulation;

/// <summary>
/// Which model-specific registers a guest may read and write. Kernels of Xen guests survive #GP on most of them, and write few; the registers
/// here are those that Linux touches before it can survive a fault, or whose absence it would complain about.
/// </summary>
public static class ModelSpecificRegisters
{
    /// <summary>The page attribute table that guests' page-table entries are interpreted by, and so the real one (part of the ABI).</summary>
    public const ulong PageAttributes = 0x0000_0501_0007_0406;

    private const ulong LocalApicAddress = 0xfee0_0000;
    private const ulong LocalApicEnabled = 1 << 11;
    private const ulong LocalApicBoot = 1 << 8;

    // SCE, LME, LMA and NXE.
    private const ulong EferShown = 0xd01;

    // MISC_ENABLE: no performance monitoring, no MONITOR; branch traces and PEBS are unavailable.
    private const ulong MiscEnableHidden = (1 << 7) | (1 << 18);
    private const ulong MiscEnableUnavailable = (1 << 11) | (1 << 12);

    private const ulong TscCountsAtP0 = 1 << 24;
    private const ulong SerialisingFence = 2;

    /// <summary>The rule for rdmsr of <paramref name="number"/> (ECX).</summary>
    public static MsrRead Read(uint number, in MsrGuest guest) => number switch
    {
        MsrNumber.FsBase => Do(MsrReadAction.GuestFsBase),
        MsrNumber.GsBase => Do(MsrReadAction.GuestGsBase),
        MsrNumber.KernelGsBase => Do(MsrReadAction.GuestKernelGsBase),
        MsrNumber.TimeStampCounter => Do(MsrReadAction.Tsc),
        MsrNumber.Efer => Do(MsrReadAction.Efer),
        MsrNumber.TscAux when guest.HasReadTscp => Do(MsrReadAction.TscAux),
        MsrNumber.MicrocodeRevision => Do(MsrReadAction.Hardware),
        MsrNumber.PageAttributeTable => Of(PageAttributes),
        MsrNumber.ApicBase => Of(LocalApicAddress | LocalApicEnabled | (guest.VirtualCpu == 0 ? LocalApicBoot : 0)),
        _ when MsrNumber.IsMachineCheck(number) => Of(0),
        _ when guest.Vendor == CpuVendor.Intel => ReadIntel(number),
        _ when guest.Vendor == CpuVendor.Amd => ReadAmd(number, guest),
        _ => default,
    };

    /// <summary>The rule for wrmsr of <paramref name="number"/> (ECX) with <paramref name="value"/> (EDX:EAX).</summary>
    public static MsrWriteAction Write(uint number, ulong value, in MsrGuest guest) => number switch
    {
        MsrNumber.FsBase => IfCanonical(value, MsrWriteAction.SetFsBase),
        MsrNumber.GsBase => IfCanonical(value, MsrWriteAction.SetGsBase),
        MsrNumber.KernelGsBase => IfCanonical(value, MsrWriteAction.SetKernelGsBase),
        MsrNumber.Efer => MsrWriteAction.OnlySame,
        MsrNumber.TscAux => DropIf(guest.HasReadTscp && value <= uint.MaxValue, MsrWriteAction.TscAux),
        MsrNumber.MicrocodeRevision => DropIf(value == 0),
        MsrNumber.PageAttributeTable => default,
        MsrNumber.ApicBase => MsrWriteAction.Drop,
        _ when MsrNumber.IsMachineCheck(number) => MsrWriteAction.Drop,
        _ when guest.Vendor == CpuVendor.Intel => WriteIntel(number, value),
        _ => DropIf(guest.Vendor == CpuVendor.Amd
            && (number is MsrNumber.AmdConfiguration or MsrNumber.AmdDecode || MsrNumber.IsAmdInert(number))),
    };

    /// <summary>Takes from the hardware's value what guests are not to see.</summary>
    public static ulong Filter(uint number, ulong value) => number switch
    {
        MsrNumber.Efer => value & EferShown,
        MsrNumber.MiscEnable => (value & ~MiscEnableHidden) | MiscEnableUnavailable,
        _ => value,
    };

    private static MsrRead ReadIntel(uint number) => number switch
    {
        MsrNumber.MiscEnable => Do(MsrReadAction.Hardware),
        MsrNumber.FeatureControl => Of(1), // locked
        _ => MsrNumber.IsIntelInert(number) ? Of(0) : default,
    };

    private static MsrRead ReadAmd(uint number, in MsrGuest guest) => number switch
    {
        MsrNumber.AmdConfiguration => Of(guest.InvariantTsc ? TscCountsAtP0 : 0),
        MsrNumber.AmdDecode => Of(SerialisingFence),
        _ when MsrNumber.IsAmdInert(number) => Of(0),
        _ => guest.InitialDomain && MsrNumber.IsAmdMemoryMap(number) ? Do(MsrReadAction.Hardware) : default,
    };

    private static MsrWriteAction WriteIntel(uint number, ulong value) => number switch
    {
        MsrNumber.MiscEnable => MsrWriteAction.OnlySame,
        MsrNumber.PlatformInformation or MsrNumber.MiscFeatures => DropIf(value == 0),
        MsrNumber.ThermalStatus or MsrNumber.PerformanceCapabilities => MsrWriteAction.GeneralProtection,
        _ => DropIf(MsrNumber.IsIntelInert(number)),
    };

    private static MsrRead Do(MsrReadAction action) => new() { Action = action };

    private static MsrRead Of(ulong value) => new() { Action = MsrReadAction.Value, Value = value };

    private static MsrWriteAction DropIf(bool condition, MsrWriteAction action = MsrWriteAction.Drop) =>
        condition ? action : MsrWriteAction.GeneralProtection;

    private static MsrWriteAction IfCanonical(ulong value, MsrWriteAction action) =>
        DropIf(unchecked((ulong)((long)(value << 16) >> 16)) == value, action);
}
