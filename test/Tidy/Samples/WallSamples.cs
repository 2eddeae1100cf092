namespace Serai.Tidy.Samples;

/// <summary>Samples for the walls between rooms.</summary>
internal static class WallSamples
{
    private static readonly (string, string) Frame = ("src/Hypervisor/Memory/f.cs", "namespace Serai.Hypervisor.Memory;\nstruct Frame;\n");
    private static readonly (string, string) Channels = ("src/Hypervisor/Events/e.cs", "struct EventTable;\nstatic class EventChannels;\n");
    private static readonly (string, string) Domain = ("src/Hypervisor/Domains/d.cs", "struct Domain;\nstruct Registers;\nclass Teardown;\n");

    private static Sample Single(string path, string text, params int[] lines) => Sample.Of("walls", path, text, lines);

    private static Sample With((string, string) other, string path, string text, params int[] lines) =>
        new("walls", [(path, text), other], System.Array.ConvertAll(lines, line => $"{path}:{line}"));

    public static Sample[] All =>
    [
        Single("src/Hypervisor/Memory/a.cs", "using Serai.Hypervisor.Traps;\nusing Serai.Abi;\n", 1),
        Single("src/Hypervisor/Events/a.cs", "using Serai.Hypervisor.Control;\nusing Serai.Hypervisor.Memory;\n", 1),
        Single("src/Hypervisor/Images/a.cs", "using Serai.Machine.Memory;\nusing System;\nusing Serai.Abi;\n", 1),
        Single("src/Hypervisor/Memory/a.cs", "using static Serai.Hypervisor.Traps.Hypercalls;\nusing T = Serai.Hypervisor.Traps.Hypercalls;\n", 1, 2),
        Single("src/Hypervisor/Memory/a.cs", "class A { Serai.Hypervisor.Traps.Bounce b; int c = Serai.Hypervisor.Traps.Bounce.Count; }\n", 1, 1),
        With(Frame, "src/Hypervisor/Images/a.cs", "class A { int b = Memory.Frame.Size; int c = Memory.Length; Memory.Frame d; }\n", 1, 1),
        Single("src/Hypervisor/Novel/a.cs", "class A;\n", 1),
        Single("src/Abi/a.cs", "using Serai.Machine;\n", 1),
        Single("src/Machine/a.cs", "using Serai.Abi;\nusing Serai.Hypervisor;\n", 2),
        Single("src/GuestKit/a.cs", "using Serai.Machine.Memory;\nusing Serai.Abi;\n", 1),
        Single("test/Guests/a.cs", "using Serai.Hypervisor;\nusing Serai.GuestKit;\n", 1),
        Single("src/CoreLib/System/a.cs", "using Serai.Abi;\n", 1),

        // Domains holds an event table, but does not call the event channels.
        With(Channels, "src/Hypervisor/Domains/a.cs",
            "using Serai.Hypervisor.Events;\nstruct A\n{\n    EventTable t;\n    EventTable P { get; }\n}\n"),
        With(Channels, "src/Hypervisor/Domains/a.cs",
            "using Serai.Hypervisor.Events;\nclass A\n{\n    int c = EventChannels.Send();\n    void F(EventTable t) { }\n}\n", 4, 5),

        // Emulation sees a register frame and nothing else of a domain.
        With(Domain, "src/Hypervisor/Emulation/a.cs", "using Serai.Hypervisor.Domains;\nclass A { void F(ref Registers r, int x) => x.Domain(); }\n"),
        With(Domain, "src/Hypervisor/Emulation/a.cs", "using Serai.Hypervisor.Domains;\nclass A { void F(ref Domain d) { } }\n", 2),

        Single("src/Hypervisor/Traps/a.cs", "using Serai.Hypervisor.Control;\nusing Serai.Hypervisor.Memory;\nusing Serai.Machine;\n"),
        Single("src/Hypervisor/Start.cs", "using Serai.Hypervisor.Traps;\n"),
        Single("test/Hypervisor.Tests/a.cs", "using Serai.Hypervisor.Traps;\n"),
    ];
}
