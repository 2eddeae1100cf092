namespace Serai.Hypervisor.Emulation;

/// <summary>
/// What a guest sees of CR0, CR4 and XCR0 and what it may ask of them. Bit names are those of the Intel SDM, vol. 3, 2.5 and 2.6.
/// </summary>
public static class ControlRegisters
{
    /// <summary>CR0.TS.</summary>
    public const ulong TaskSwitched = 1 << 3;

    public const ulong TimeStampDisable = 1 << 2;
    public const ulong DebuggingExtensions = 1 << 3;
    public const ulong PhysicalAddressExtension = 1 << 5;
    public const ulong MachineCheckEnable = 1 << 6;
    public const ulong PageGlobalEnable = 1 << 7;
    public const ulong OsFxsr = 1 << 9;
    public const ulong OsExceptions = 1 << 10;
    public const ulong FsGsBase = 1 << 16;
    public const ulong ProcessContext = 1 << 17;
    public const ulong OsXsave = 1 << 18;
    public const ulong ProtectionKeys = 1 << 22;

    private const ulong ShownOfHost = PhysicalAddressExtension | MachineCheckEnable | OsFxsr | OsExceptions;

    // What a guest may have in the real register while it runs, where the processor has it.
    private const ulong GuestChosen = TimeStampDisable | DebuggingExtensions | FsGsBase;

    /// <summary>CR0 as the guest reads it: the host's, with the guest's own TS.</summary>
    public static ulong ReadCr0(ulong hostCr0, bool taskSwitched) => (hostCr0 & ~TaskSwitched) | (taskSwitched ? TaskSwitched : 0);

    /// <summary>A write to CR0 may change TS only; false, and #GP(0), if <paramref name="value"/> differs elsewhere from what was read.</summary>
    public static bool TryWriteCr0(ulong value, ulong hostCr0, out bool taskSwitched)
    {
        taskSwitched = (value & TaskSwitched) != 0;
        return ((value ^ hostCr0) & ~TaskSwitched) == 0;
    }

    /// <summary>CR4 as the guest reads it; <paramref name="guestCr4"/> is what <see cref="WriteCr4"/> kept.</summary>
    public static ulong ReadCr4(ulong hostCr4, ulong guestCr4) => (hostCr4 & ShownOfHost) | guestCr4;

    /// <summary>
    /// The part of a written CR4 that is the guest's own and is kept. All other bits are silently discarded: kernels set what they like, then
    /// read back what they got. FSGSBASE is granted though the forced CPUID hides it: whoever asks the plain CPUID sees the processor's, and would
    /// die at the first of the four instructions.
    /// </summary>
    public static ulong WriteCr4(ulong value, bool showsXsave, bool hasFsGsBase)
        => value & ((GuestChosen & ~(hasFsGsBase ? 0 : FsGsBase)) | (showsXsave ? OsXsave : 0));

    /// <summary>
    /// The real CR4 while the guest runs. OSXSAVE stays the host's: XCR0 is the guest's own already, so its XGETBV and XSAVE see no more than
    /// it chose.
    /// </summary>
    public static ulong RunningCr4(ulong hostCr4, ulong guestCr4)
    {
        const ulong removed = GuestChosen | PageGlobalEnable | ProcessContext | ProtectionKeys;
        return (hostCr4 & ~removed) | (guestCr4 & GuestChosen);
    }
}
