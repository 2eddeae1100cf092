namespace Serai.Hypervisor.Emulation;

/// <summary>The numbers of model-specific registers that have a rule (Intel SDM vol. 4; AMD APM vol. 2, appendix A).</summary>
public static class MsrNumber
{
    public const uint TimeStampCounter = 0x10;
    public const uint ApicBase = 0x1b;
    public const uint FeatureControl = 0x3a;
    public const uint MicrocodeRevision = 0x8b;
    public const uint PlatformInformation = 0xce;
    public const uint MiscFeatures = 0x140;
    public const uint ThermalStatus = 0x19c;
    public const uint MiscEnable = 0x1a0;
    public const uint PageAttributeTable = 0x277;
    public const uint PerformanceCapabilities = 0x345;
    public const uint Efer = 0xc000_0080;
    public const uint FsBase = 0xc000_0100;
    public const uint GsBase = 0xc000_0101;
    public const uint KernelGsBase = 0xc000_0102;
    public const uint TscAux = 0xc000_0103;

    /// <summary>HWCR.</summary>
    public const uint AmdConfiguration = 0xc001_0015;

    /// <summary>DE_CFG.</summary>
    public const uint AmdDecode = 0xc001_1029;

    /// <summary>MCG_CAP, MCG_STATUS, MCG_CTL and the registers of 32 banks: guests see a machine without banks.</summary>
    internal static bool IsMachineCheck(uint number) => number is (>= 0x179 and <= 0x17b) or (>= 0x400 and <= 0x47f);

    /// <summary>Performance monitoring, P-states and the like, which read as zero on Intel.</summary>
    internal static bool IsIntelInert(uint number) => number switch
    {
        PlatformInformation or MiscFeatures or ThermalStatus or PerformanceCapabilities => true,
        0x198 or 0x199 => true, // PERF_STATUS, PERF_CTL
        >= 0xc1 and <= 0xc8 => true, // PMC0..7
        >= 0x186 and <= 0x18d => true, // PERFEVTSEL0..7
        >= 0x309 and <= 0x30b => true, // FIXED_CTR0..2
        >= 0x38d and <= 0x390 => true, // the global controls of the counters
        _ => false,
    };

    /// <summary>Performance counters and pending interrupt messages, which read as zero on AMD.</summary>
    internal static bool IsAmdInert(uint number)
        => number is (>= 0xc001_0000 and <= 0xc001_0007) or 0xc001_0055 or (>= 0xc001_0200 and <= 0xc001_020b);

    /// <summary>SYSCFG, IORRs, TOP_MEM, TOP_MEM2 and the two of TSEG: how memory is laid out, for the initial domain only.</summary>
    internal static bool IsAmdMemoryMap(uint number) =>
        number is 0xc001_0010 or (>= 0xc001_0016 and <= 0xc001_001a) or 0xc001_001d or 0xc001_0112 or 0xc001_0113;
}
