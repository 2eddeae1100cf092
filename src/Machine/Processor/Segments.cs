using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Machine.Processor;

/// <summary>The four data selectors and three bases of a guest; the live GS base is the guest's, its other one waits in KERNEL_GS_BASE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SegmentState
{
    public ushort Ds;
    public ushort Es;
    public ushort Fs;
    public ushort Gs;
    public ulong FsBase;
    public ulong GsBase;
    public ulong InactiveGsBase;
}

/// <summary>Moves a guest's segment state between the processor and memory.</summary>
// unsafe: the three bases are read through a pointer to the first, which the others follow.
public static unsafe class Segments
{
    /// <summary>The model-specific register of the FS base.</summary>
    public const uint FsBase = 0xc000_0100;

    /// <summary>The model-specific register of the live GS base.</summary>
    public const uint GsBase = 0xc000_0101;

    /// <summary>The model-specific register of the GS base that SWAPGS brings.</summary>
    public const uint InactiveGsBase = 0xc000_0102;

    [RuntimeImport("*", "X64ReadSelectors"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadSelectors();

    [RuntimeImport("*", "X64ReadBases"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ReadBases(ulong* three);

    [RuntimeImport("*", "X64WriteBases"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WriteBases(ulong fs, ulong gs, ulong inactive);

    [RuntimeImport("*", "LoadDataSegments"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int LoadSelectors(ushort ds, ushort es, ushort fs, ushort gs);

    [RuntimeImport("*", "LoadInactiveGs"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int LoadInactiveSelector(ushort selector);

    /// <summary>Reads what is live; bases are read from the processor, since a guest may change them by loading a selector.</summary>
    public static void Save(ref SegmentState state)
    {
        ulong selectors = ReadSelectors();
        state.Ds = (ushort)selectors;
        state.Es = (ushort)(selectors >> 16);
        state.Fs = (ushort)(selectors >> 32);
        state.Gs = (ushort)(selectors >> 48);
        ReadBases((ulong*)Unsafe.AsPointer(ref state.FsBase));
    }

    /// <summary>Loads selectors, then bases (a selector load changes the base); returns how many selectors were refused and became null.</summary>
    public static int Load(in SegmentState state)
    {
        int refused = 0;
        if ((state.Ds | state.Es | state.Fs | state.Gs) != 0 || ReadSelectors() != 0)
            refused = LoadSelectors(state.Ds, state.Es, state.Fs, state.Gs);
        WriteBases(state.FsBase, state.GsBase, state.InactiveGsBase);
        return refused;
    }

    /// <summary>Loads GS in the inactive context; false where the selector was refused and null was loaded.</summary>
    public static bool LoadInactiveGs(ushort selector) => LoadInactiveSelector(selector) == 0;
}
