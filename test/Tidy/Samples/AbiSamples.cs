namespace Serai.Tidy.Samples;

/// <summary>Samples for docs/abi.md against the code.</summary>
internal static class AbiSamples
{
    private const string Document = "docs/abi.md";
    private const string Dispatcher = "src/Hypervisor/Traps/Hypercalls.cs";
    private const string Extended = "src/Hypervisor/Frames/MmuExtended.cs";

    private const string Head = "# Hypercalls (`src/Hypervisor/Traps/Hypercalls.cs`)\n\n| call | nr | state |\n|---|---|---|\n";

    private const string Switch = """
        class Hypercalls
        {
            static long Do(uint n)
            {
                switch ((Hypercall)n)
                {
                    case Hypercall.MmuUpdate: return 1;
                    case Hypercall.XenVersion: return 2;
                    default: return 3;
                }
            }
        }
        """;

    private const string Arms = """
        class MmuExtended
        {
            static int Do(MmuExtendedCommand command, Kind kind) => command switch
            {
                MmuExtendedCommand.PinL1Table => kind is Kind.A ? 1 : 2,
                MmuExtendedCommand.NewBase => 2,
            };
        }
        """;

    public static Sample[] All =>
    [
        new("abi table", [(Document, Head)], ["docs/abi.md:1"]),
        new("abi table", [(Dispatcher, Switch)], ["src/Hypervisor/Traps/Hypercalls.cs:1"]),
        new("abi table", [(Document, "# Hypercalls\n"), (Dispatcher, Switch)], ["docs/abi.md:1"]),
        new("abi table", [("src/x.cs", "")], []),
        new("abi table",
            [(Document, Head + "| `mmu_update` | 1 | done |\n| xen_version | 17 | partly |\n| kexec_op | 37 | absent |\n"),
             (Dispatcher, Switch)], []),
        new("abi table",
            [(Document, Head + "| mmu_update | 1 | done |\n| kexec_op | 37 | done |\n| sched_op | 29 | soon |\n"), (Dispatcher, Switch)],
            ["docs/abi.md:6", "docs/abi.md:7", "src/Hypervisor/Traps/Hypercalls.cs:8"]),
        new("abi table",
            [(Document, Head + "| mmu_update | 1 | done |\n| xen_version | 17 | done |\n"
                + "## mmuext_op: `MmuExtendedCommand` in `src/Hypervisor/Frames/MmuExtended.cs`\n|op|state|\n|--|--|\n|MMUEXT_PIN_L1_TABLE|done|\n"),
             (Dispatcher, Switch), (Extended, Arms)],
            ["src/Hypervisor/Frames/MmuExtended.cs:6"]),
        new("abi table",
            [(Document, Head + "| mmu_update | 1 | done |\n| xen_version | 17 | done |\n## `src/gone.cs`\n|op|state|\n|--|--|\n"),
             (Dispatcher, Switch)],
            ["docs/abi.md:8"]),
    ];
}
