namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The feature bits that guest kernels are shown, where the processor has them. What is not listed is hidden, so a feature of tomorrow is not
/// shown before someone has thought about it. Hidden among the known: whatever would make a kernel set CR4 bits (PGE, PCID, SMEP, SMAP, UMIP,
/// PKU, LA57, FSGSBASE), write MSRs that we do not keep (MTRR, X2APIC, TSC_DEADLINE, SPEC_CTRL), or map what cannot be mapped (PSE, 1 GiB pages).
/// </summary>
internal static class CpuidFeatures
{
    /// <summary>Leaf 1, EDX: FPU DE TSC MSR PAE MCE CX8 APIC MCA CMOV PAT CLFSH ACPI MMX FXSR SSE SSE2 SS HTT.</summary>
    internal const uint Leaf1Edx = 0x1fc9_c3f5;

    /// <summary>SEP: on AMD sysenter does not work in long mode.</summary>
    internal const uint Leaf1EdxIntel = 1 << 11;

    /// <summary>Leaf 1, ECX: SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE AVX F16C RDRAND.</summary>
    internal const uint Leaf1Ecx = 0x76d8_3203;

    /// <summary>EIST, which the initial domain's kernel sees.</summary>
    internal const uint Leaf1EcxInitialDomain = 1 << 7;

    internal const uint Leaf1EcxXsave = 1 << 26;
    internal const uint Leaf1EcxOsXsave = 1 << 27;
    internal const uint Leaf1EcxHypervisor = 1U << 31;

    /// <summary>FMA, AVX and F16C, which are nothing without AVX state.</summary>
    internal const uint Leaf1EcxNeedsAvx = (1 << 12) | (1 << 28) | (1 << 29);

    /// <summary>
    /// Leaf 7, EBX: BMI1 AVX2 FDP_EXCPTN_ONLY BMI2 ERMS NO_FPU_SEL RDSEED ADX CLFLUSHOPT CLWB SHA, and AVX-512 F DQ IFMA PF ER CD BW VL.
    /// </summary>
    internal const uint Leaf7Ebx = 0xfdaf_2368;

    internal const uint Leaf7EbxNeedsAvx = 1 << 5;
    internal const uint Leaf7EbxNeedsAvx512 = 0xdc23_0000;

    /// <summary>Leaf 7, ECX: PREFETCHWT1 GFNI VAES VPCLMULQDQ RDPID, and AVX-512 VBMI VBMI2 VNNI BITALG VPOPCNTDQ.</summary>
    internal const uint Leaf7Ecx = 0x0040_5f43;

    internal const uint Leaf7EcxNeedsAvx = (1 << 9) | (1 << 10);
    internal const uint Leaf7EcxNeedsAvx512 = 0x5842;
    internal const uint Leaf7EcxReadPid = 1 << 22;

    /// <summary>Leaf 7, EDX: FSRM MD_CLEAR SERIALIZE, and AVX-512 4VNNIW 4FMAPS VP2INTERSECT FP16.</summary>
    internal const uint Leaf7Edx = 0x0080_451c;

    internal const uint Leaf7EdxNeedsAvx512 = 0x0080_010c;

    /// <summary>Leaf 7, subleaf 1, EAX: AVX_VNNI AVX512_BF16 FZRM FSRS FSRC.</summary>
    internal const uint Leaf7Sub1Eax = 0x1c30;

    internal const uint Leaf7Sub1EaxNeedsAvx = 1 << 4;
    internal const uint Leaf7Sub1EaxNeedsAvx512 = 1 << 5;

    /// <summary>Leaf 0xd, subleaf 1, EAX: XSAVEOPT XSAVEC XGETBV1; no XSAVES.</summary>
    internal const uint XsaveEax = 7;

    internal const uint XsaveEaxCompacts = 1 << 1;

    /// <summary>
    /// Leaf 0x80000001, EDX: SYSCALL NX MMXEXT FFXSR RDTSCP LM 3DNOWEXT 3DNOW, and AMD's copies of leaf 1 with the same bits hidden.
    /// </summary>
    internal const uint ExtendedEdx = 0xebd1_cbf5;

    internal const uint ExtendedEdxReadTscp = 1 << 27;

    /// <summary>Leaf 0x80000001, ECX: LAHF CMP_LEGACY ABM SSE4A MISALIGNSSE 3DNOWPREFETCH XOP FMA4 TBM.</summary>
    internal const uint ExtendedEcx = 0x0021_09e3;

    internal const uint ExtendedEcxNeedsAvx = (1 << 11) | (1 << 16);

    /// <summary>Leaf 0x80000007, EDX: ITSC.</summary>
    internal const uint InvariantTsc = 1 << 8;

    /// <summary>Leaf 0x80000008, EBX: CLZERO RSTR_FP_ERR_PTRS.</summary>
    internal const uint AddressEbx = (1 << 0) | (1 << 2);

    /// <summary>Leaf 0x80000021, EAX: LFENCE_ALWAYS_SERIALIZING, NULL_SELECTOR_CLEARS_BASE.</summary>
    internal const uint Extended21Eax = (1 << 2) | (1 << 6);
}
