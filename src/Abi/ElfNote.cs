namespace Serai.Abi;

/// <summary>Types of ELF notes whose owner is "Xen" (elfnote.h).</summary>
public enum ElfNote : uint
{
    Info = 0,
    Entry = 1,
    HypercallPage = 2,
    VirtualBase = 3,
    PhysicalOffset = 4,
    XenVersion = 5,
    GuestOs = 6,
    GuestVersion = 7,
    Loader = 8,
    PaeMode = 9,
    Features = 10,
    BsdSymbolTable = 11,
    HypervisorStartLow = 12,
    L1MfnValid = 13,
    SuspendCancel = 14,
    InitialP2m = 15,
    ModuleStartPfn = 16,
    SupportedFeatures = 17,
    Physical32Entry = 18,
    Max = 18,
    CrashInfo = 0x1000001,
    CrashRegisters = 0x1000002,
    DumpCoreNone = 0x2000000,
    DumpCoreHeader = 0x2000001,
    DumpCoreXenVersion = 0x2000002,
    DumpCoreFormatVersion = 0x2000003,
}
