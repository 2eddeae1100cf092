namespace Serai.Machine.Processor;

/// <summary>Addresses that the linker knows, for an image of which only the boot's top-level table is there.</summary>
internal static class Symbols
{
    private const ulong Start = 0xffff_82c0_0000_0000;

    internal static ulong ImageStart => Start;
    internal static ulong ImageEnd => Start + 0x1000;
    internal static ulong BootRoot => Start;
}
