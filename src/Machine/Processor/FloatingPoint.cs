using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>
/// A guest's x87, SSE and AVX state. The hypervisor computes with none of it; it only carries it between the processor and a VirtualCpu's
/// save area of <see cref="AreaBytes"/> bytes, 64-byte aligned.
/// </summary>
// unsafe: the instructions take an address.
public static unsafe class FloatingPoint
{
    [RuntimeImport("*", "X64SaveExtended"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SaveExtended(byte* area, ulong mask);

    [RuntimeImport("*", "X64RestoreExtended"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int RestoreExtended(byte* area, ulong mask);

    [RuntimeImport("*", "X64SaveLegacy"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int SaveLegacy(byte* area);

    [RuntimeImport("*", "X64RestoreLegacy"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int RestoreLegacy(byte* area);

    [RuntimeImport("*", "X64ForgetPointers"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ForgetPointers();

    /// <summary>Room for x87, SSE, AVX and AVX-512 state in XSAVE's standard form (SDM vol. 1, 13.4).</summary>
    public const uint AreaBytes = 2752;

    /// <summary>The components a guest may have: x87, SSE, AVX, AVX-512.</summary>
    public const ulong KnownFeatures = 0xe7;

    /// <summary>XCR0 with all that processor and hypervisor know, or 0 where there is no XSAVE.</summary>
    public static ulong Features { get; private set; }

    /// <summary>XCR0 of each processor.</summary>
    private static readonly ulong[] selected = new ulong[ProcessorState.Maximum];

    private static bool keepsPointers;

    /// <summary>Finds out what there is and, with XSAVE, turns it on (CR4.OSXSAVE must be set).</summary>
    public static void Initialise(bool hasXsave)
    {
        keepsPointers = KeepsPointers();
        if (!hasXsave)
            return;
        Instructions.Cpuid(0xd, 0, out uint low, out _, out _, out _);
        Features = low & KnownFeatures;
        Select(CurrentProcessor.Number, Features);
    }

    /// <summary>
    /// Processors of AMD that do not say otherwise restore the addresses of the last x87 instruction and operand only while an exception is pending:
    /// those of the guest before would be left (AMD APM vol. 3, leaf 0x80000008, EBX bit 2).
    /// </summary>
    private static bool KeepsPointers()
    {
        const uint authenticAmd = 0x6874_7541, hygonGenuine = 0x6f67_7948, restoresPointers = 4;
        Instructions.Cpuid(0, 0, out _, out uint vendor, out _, out _);
        if (vendor is not (authenticAmd or hygonGenuine))
            return false;
        Instructions.CpuidOrZeros(0x8000_0008, out _, out uint features, out _, out _);
        return (features & restoresPointers) == 0;
    }

    /// <summary>Sets XCR0 of the processor that asks, whose number it says, where it differs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(uint processor, ulong features)
    {
        ref ulong present = ref selected[(int)processor];
        if (features != present)
            Change(ref present, features);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Change(ref ulong present, ulong features)
    {
        if (Instructions.WriteXcr0(features))
            present = features;
    }

    /// <summary>Saves the live state.</summary>
    public static void Save(ref byte area)
    {
        byte* place = (byte*)Unsafe.AsPointer(ref area);
        if (Features == 0)
            SaveLegacy(place);
        else
            SaveExtended(place, Features);
    }

    /// <summary>Loads a saved state; false where the image is one that the processor refuses.</summary>
    public static bool Restore(ref byte area)
    {
        byte* place = (byte*)Unsafe.AsPointer(ref area);
        if (keepsPointers)
            ForgetPointers();
        return (Features == 0 ? RestoreLegacy(place) : RestoreExtended(place, Features)) == 0;
    }
}
