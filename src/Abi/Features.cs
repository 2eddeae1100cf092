namespace Serai.Abi;

/// <summary>Feature bit numbers of VersionFeatureInfo.Submap and of the ELF notes (features.h).</summary>
public enum Feature : uint
{
    WritablePageTables = 0,
    WritableDescriptorTables = 1,
    AutoTranslatedPhysmap = 2,
    SupervisorModeKernel = 3,
    PaePgdirAbove4Gb = 4,
    /// <summary>Linux does not start without it.</summary>
    MmuPtUpdatePreserveAd = 5,
    HighmemAssist = 6,
    /// <summary>Linux does not start without it.</summary>
    GrantMapAvailableBits = 7,
    HvmCallbackVector = 8,
    HvmSafePvclock = 9,
    HvmPirqs = 10,
    /// <summary>The domain is the hardware domain, or its kernel can be.</summary>
    Dom0 = 11,
    MemoryOpVnodeSupported = 13,
    ArmSmcccSupported = 14,
    LinuxRsdpUnrestricted = 15,
    NotDirectMapped = 16,
    DirectMapped = 17,
}
