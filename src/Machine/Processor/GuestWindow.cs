using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// SMAP: ring 0 reaches pages of guests through the windows of X64/Window.inc only. They are written into the code once, before another processor
/// runs it, through the direct map: the image's own mapping of its code is never writable.
/// </summary>
// unsafe: code is changed by address.
public static unsafe class GuestWindow
{
    private const uint FeatureBit = 1 << 20, UnderHypervisorBit = 1u << 31, HypervisorLeaf = 0x4000_0000;
    private const int InstructionBytes = 3;

    /// <summary>Whether ring 0 is kept from guests' pages outside of the windows.</summary>
    public static bool IsGuarded { get; private set; }

    /// <summary>
    /// Makes the windows if the processor has SMAP and is not QEMU's emulation, which reads the frame of a guest's iretq with the rights of the
    /// supervisor (docs/decisions/smap.md). For the first processor; every processor then sets CR4.SMAP.
    /// </summary>
    public static void Guard()
    {
        if (IsGuarded || !HasFeature() || IsEmulatedByQemu())
            return;
        for (ulong* place = (ulong*)Symbols.WindowsStart; place < (ulong*)Symbols.WindowsEnd; place += 2)
        {
            ulong code = Layout.DirectMap + HypervisorTables.PhysicalOf(place[0]);
            for (int index = 0; index < InstructionBytes; index++)
                ((byte*)code)[index] = (byte)(place[1] >> 8 * index & 0xff);
        }
        IsGuarded = true;
    }

    private static bool HasFeature()
    {
        Instructions.CpuidOrZeros(7, out _, out uint structured, out _, out _);
        return (structured & FeatureBit) != 0;
    }

    /// <summary>The signature is TCGTCGTCGTCG.</summary>
    private static bool IsEmulatedByQemu()
    {
        const uint first = 0x5447_4354, second = 0x4354_4743, third = 0x4743_5447;
        Instructions.Cpuid(1, 0, out _, out _, out uint features, out _);
        if ((features & UnderHypervisorBit) == 0)
            return false;
        Instructions.Cpuid(HypervisorLeaf, 0, out _, out uint b, out uint c, out uint d);
        return b == first && c == second && d == third;
    }
}
