namespace Serai.Hypervisor.Emulation;

/// <summary>XCR0: which parts of the extended processor state a guest may use (Intel SDM vol. 1, 13.3).</summary>
public static class ExtendedControl
{
    public const ulong X87 = 1 << 0;
    public const ulong Sse = 1 << 1;
    public const ulong Avx = 1 << 2;

    /// <summary>The three components of AVX-512: opmask, ZMM_Hi256 and Hi16_ZMM. They come together or not at all.</summary>
    public const ulong Avx512 = 0xe0;

    /// <summary>All that a guest can ever be given: no MPX, PKRU or AMX.</summary>
    public const ulong Permitted = X87 | Sse | Avx | Avx512;

    /// <summary>
    /// What guests are given of what the processor has (CPUID leaf 0xd, subleaf 0, EDX:EAX): a valid XCR0, or 0 where that cannot be had.
    /// </summary>
    public static ulong PolicyFor(ulong supported)
    {
        var policy = supported & Permitted;
        if ((policy & Sse) == 0)
            policy &= X87;
        if ((policy & Avx) == 0)
            policy &= ~Avx512;
        if ((policy & Avx512) != Avx512)
            policy &= ~Avx512;
        return (policy & X87) != 0 ? policy : 0;
    }

    /// <summary>
    /// Whether XSETBV with this <paramref name="index"/> (ECX) and value (EDX:EAX) is accepted; #GP(0) if not. A guest that has not set
    /// CR4.OSXSAVE gets #UD before this is asked.
    /// </summary>
    public static bool IsValid(uint index, ulong value, ulong policy)
    {
        if (index != 0 || (value & X87) == 0 || (value & ~policy) != 0)
            return false;
        if ((value & Avx) != 0 && (value & Sse) == 0)
            return false;
        var wide = value & Avx512;
        return wide == 0 || (wide == Avx512 && (value & Avx) != 0);
    }
}
