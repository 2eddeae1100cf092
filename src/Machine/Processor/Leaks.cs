using System;

namespace Serai.Machine.Processor;

/// <summary>What a guest may read on a processor that it must not, by speculation of its own code.</summary>
[Flags]
public enum Leaks : byte
{
    None = 0,

    /// <summary>What the loaded table maps for ring 0 only (Meltdown, XSA-254).</summary>
    Mapped = 1,

    /// <summary>What lies in the first-level cache, by entries that are not present (L1TF, XSA-273).</summary>
    Cached = 2,

    /// <summary>What has passed through the core's buffers (MDS, TAA, MMIO stale data, RFDS: XSA-297, 305, 404, 452), until VERW.</summary>
    Buffered = 4,
}

/// <summary>What a processor says of itself: vendor, CPUID leaf 7 and IA32_ARCH_CAPABILITIES (SDM vol. 4, MSR 10AH; vol. 2, CPUID).</summary>
public readonly struct LeakEvidence
{
    /// <summary>Whether it is AMD's or Hygon's.</summary>
    public bool IsAmd { get; init; }

    /// <summary>EBX of leaf 7, or 0.</summary>
    public uint Structured { get; init; }

    /// <summary>EDX of leaf 7, or 0.</summary>
    public uint Further { get; init; }

    /// <summary>IA32_ARCH_CAPABILITIES, or 0.</summary>
    public ulong Capabilities { get; init; }

    private bool Says(int capability) => (Capabilities >> capability & 1) != 0;

    /// <summary>
    /// What it leaks. Without evidence against it a processor that is not AMD's leaks what is mapped and what is cached; its buffers leak where VERW
    /// empties them, unless it says of each way that it is closed. FB_CLEAR and RFDS_CLEAR say so of their buffers by themselves.
    /// </summary>
    public Leaks Find()
    {
        const int noRogueLoads = 0, noBufferSampling = 5, noAborts = 8, noSideband = 13, noFills = 14, noPrimary = 15, fillsCleared = 17,
            noRegisterFiles = 27, registerFilesCleared = 28;
        const uint clears = 1 << 10, transactions = 1 << 11;
        Leaks leaks = Leaks.None;
        if (!IsAmd && !Says(noRogueLoads))
            leaks |= Leaks.Mapped | Leaks.Cached;
        bool sampled = !Says(noBufferSampling), aborted = (Structured & transactions) != 0 && !Says(noAborts);
        bool filled = Says(fillsCleared) && !(Says(noSideband) && Says(noFills) && Says(noPrimary));
        bool registers = Says(registerFilesCleared) && !Says(noRegisterFiles);
        if (!IsAmd && (((Further & clears) != 0 && (sampled || aborted)) || filled || registers))
            leaks |= Leaks.Buffered;
        return leaks;
    }
}
