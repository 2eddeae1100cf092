namespace Serai.Tidy.Samples;

/// <summary>Samples for the walls between rooms.</summary>
internal static class WallSamples
{
    private static readonly (string, string) Frame = ("src/Hypervisor/Frames/f.cs", "namespace Serai.Hypervisor.Frames;\nstruct Frame;\n");
    private static readonly (string, string) Channels = ("src/Hypervisor/Events/e.cs", "struct EventTable;\nstatic class EventChannels;\n");
    private static readonly (string, string) Domain = ("src/Hypervisor/Records/d.cs", "struct Domain;\nstruct Registers;\n");

    private static readonly (string, string) Calls = ("src/Hypervisor/Traps/h.cs", "static class Hypercalls;\n");

    private static Sample Single(string path, string text, params int[] lines) => Sample.Of("walls", path, text, lines);

    private static Sample With((string, string) other, string path, string text, params int[] lines) =>
        new("walls", [(path, text), other], System.Array.ConvertAll(lines, line => $"{path}:{line}"));

    public static Sample[] All =>
    [
        Single("src/Hypervisor/Frames/a.cs", "using Serai.Hypervisor.Control;\nusing Serai.Abi;\n", 1),
        Single("src/Hypervisor/Events/a.cs", "using Serai.Hypervisor.Control;\nusing Serai.Hypervisor.Frames;\n", 1),
        Single("src/Hypervisor/Images/a.cs", "using Serai.Machine.Memory;\nusing System;\nusing Serai.Abi;\n", 1),
        Single("src/Hypervisor/Frames/a.cs", "using static Serai.Hypervisor.Control.Shutdown;\nusing T = Serai.Hypervisor.Control.Shutdown;\n", 1, 2),
        Single("src/Hypervisor/Frames/a.cs",
            "class A { Serai.Hypervisor.Control.Shutdown b; int c = Serai.Hypervisor.Control.Shutdown.Count; }\n", 1, 1),
        With(Frame, "src/Hypervisor/Images/a.cs", "class A { int b = Frames.Frame.Size; int c = Frames.Length; Frames.Frame d; }\n", 1, 1),
        Single("src/Hypervisor/Novel/a.cs", "class A;\n", 1),
        Single("src/Abi/a.cs", "using Serai.Machine;\n", 1),
        Single("src/Machine/a.cs", "using Serai.Abi;\nusing Serai.Hypervisor;\n", 2),
        Single("src/GuestKit/a.cs", "using Serai.Machine.Memory;\nusing Serai.Abi;\n", 1),
        Single("test/Guests/a.cs", "using Serai.Hypervisor;\nusing Serai.GuestKit;\n", 1),
        Single("src/CoreLib/System/a.cs", "using Serai.Abi;\n", 1),

        With(Channels, "src/Hypervisor/Console/a.cs", "using Serai.Hypervisor.Events;\nclass A { int c = EventChannels.Send(); }\n"),
        With(Channels, "src/Hypervisor/Frames/a.cs", "using Serai.Hypervisor.Events;\nclass A { int c = EventChannels.Send(); }\n", 1),

        With(Calls, "src/Hypervisor/Frames/a.cs", "class A { int b = Traps.Hypercalls.Perform(2); int c = x.Hypercalls; }\n", 1),

        // Emulation sees a register frame and nothing else of a domain.
        With(Domain, "src/Hypervisor/Emulation/a.cs", "using Serai.Hypervisor.Records;\nclass A { void F(ref Registers r, int x) => x.Domain(); }\n"),
        With(Domain, "src/Hypervisor/Emulation/a.cs", "using Serai.Hypervisor.Records;\nclass A { void F(ref Domain d) { } }\n", 2),

        Single("src/Hypervisor/Traps/a.cs", "using Serai.Hypervisor.Control;\nusing Serai.Hypervisor.Frames;\nusing Serai.Machine;\n"),
        Single("src/Hypervisor/Start.cs", "using Serai.Hypervisor.Traps;\n"),
        Single("test/Hypervisor.Tests/a.cs", "using Serai.Hypervisor.Traps;\n"),
    ];
}
