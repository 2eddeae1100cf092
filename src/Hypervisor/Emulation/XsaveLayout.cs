namespace Serai.Hypervisor.Emulation;

/// <summary>
/// Where the processor keeps each component in the XSAVE area (CPUID leaf 0xd, subleaves 2, 5, 6 and 7), so that the size of the area can be
/// told for any XCR0 without loading it. A component that is absent has size 0.
/// </summary>
public struct XsaveLayout
{
    /// <summary>The legacy region and the header: what x87 and SSE need, in bytes.</summary>
    public const uint LegacyBytes = 576;

    public XsaveComponent Avx;
    public XsaveComponent Opmask;
    public XsaveComponent ZmmHigh;
    public XsaveComponent HighZmm;

    /// <summary>The layout from the hardware's subleaves 2, 5, 6 and 7.</summary>
    public static XsaveLayout From(
        in CpuidRegisters subleaf2, in CpuidRegisters subleaf5, in CpuidRegisters subleaf6, in CpuidRegisters subleaf7) => new()
    {
        Avx = XsaveComponent.From(subleaf2),
        Opmask = XsaveComponent.From(subleaf5),
        ZmmHigh = XsaveComponent.From(subleaf6),
        HighZmm = XsaveComponent.From(subleaf7),
    };

    /// <summary>The bytes of the area in its standard format with the components of <paramref name="xcr0"/>.</summary>
    public readonly uint StandardBytes(ulong xcr0)
    {
        var size = LegacyBytes;
        Avx.ExtendStandard(ref size, xcr0 & (1 << 2));
        Opmask.ExtendStandard(ref size, xcr0 & (1 << 5));
        ZmmHigh.ExtendStandard(ref size, xcr0 & (1 << 6));
        HighZmm.ExtendStandard(ref size, xcr0 & (1 << 7));
        return size;
    }

    /// <summary>The bytes of the area as XSAVEC writes it with the components of <paramref name="xcr0"/>.</summary>
    public readonly uint CompactedBytes(ulong xcr0)
    {
        var size = LegacyBytes;
        Avx.ExtendCompacted(ref size, xcr0 & (1 << 2));
        Opmask.ExtendCompacted(ref size, xcr0 & (1 << 5));
        ZmmHigh.ExtendCompacted(ref size, xcr0 & (1 << 6));
        HighZmm.ExtendCompacted(ref size, xcr0 & (1 << 7));
        return size;
    }
}

/// <summary>One component of the XSAVE area.</summary>
public struct XsaveComponent
{
    /// <summary>The offset in bytes in the standard format.</summary>
    public uint Offset;

    public uint Bytes;

    /// <summary>In the compacted format it begins at a multiple of 64.</summary>
    public bool Aligned;

    internal static XsaveComponent From(in CpuidRegisters subleaf) =>
        new() { Offset = subleaf.Ebx, Bytes = subleaf.Eax, Aligned = (subleaf.Ecx & 2) != 0 };

    internal readonly void ExtendStandard(ref uint size, ulong present)
    {
        var end = Offset + Bytes;
        if (present != 0 && end > size)
            size = end;
    }

    internal readonly void ExtendCompacted(ref uint size, ulong present)
    {
        if (present == 0)
            return;
        if (Aligned)
            size = (size + 63) & ~63U;
        size += Bytes;
    }
}
