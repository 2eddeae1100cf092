namespace Serai.Machine.Processor;

/// <summary>Addresses that the linker knows, for an image of which only the boot's top-level table is there.</summary>
internal static class Symbols
{
    private const ulong Start = 0xffff_82c0_0000_0000;

    internal static ulong ImageStart => Start;
    internal static ulong ImageEnd => Start + 0x1000;
    internal static ulong BootRoot => Start;
    internal static ulong EntryStart => Start + 0x2000;
    internal static ulong EntryEnd => Start + 0x4000;
    internal static ulong PanickingProcessor => Start + 0x5000;
    internal static ulong EntryPage => Start + 0x6000;
    internal static ulong EntryInfo => Start + 0x7000;
}
