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

    /// <summary>
    /// The bytes of the area with the components of <paramref name="xcr0"/>: in its standard format, or as XSAVEC writes it
    /// (<paramref name="compacted"/>).
    /// </summary>
    public readonly uint BytesOf(ulong xcr0, bool compacted)
    {
        var size = LegacyBytes;
        Avx.Extend(ref size, xcr0 & (1 << 2), compacted);
        Opmask.Extend(ref size, xcr0 & (1 << 5), compacted);
        ZmmHigh.Extend(ref size, xcr0 & (1 << 6), compacted);
        HighZmm.Extend(ref size, xcr0 & (1 << 7), compacted);
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

    internal readonly void Extend(ref uint size, ulong present, bool compacted)
    {
        if (present == 0)
            return;
        if (compacted)
            size = (Aligned ? (size + 63) & ~63U : size) + Bytes;
        else if (Offset + Bytes > size)
            size = Offset + Bytes;
    }
}
