using System.Linq;

namespace Serai.Tidy.Samples;

/// <summary>Samples for rules about C#.</summary>
internal static class CodeSamples
{
    private static string Statements(int count) => string.Concat(Enumerable.Repeat("        ;\n", count));

    private static readonly (string Path, string Text) State = ("src/Hypervisor/Time/TimeState.cs",
        "struct TimeState { public static ref TimeState Now => ref PerMachine<TimeState>.Now; }\n");

    private static readonly (string Path, string Text) Begun = ("src/Hypervisor/Time/TimeState.cs",
        "struct TimeState { public static ref TimeState Now => ref PerMachine<TimeState>.Now; public static void Begin() => Now.A = 1; }\n");

    public static Sample[] All =>
    [
        Sample.Of("lengths", "src/a.cs", "class A\n{\n    void F()\n    {\n" + Statements(68) + "    }\n}\n", 3),
        Sample.Of("lengths", "src/a.cs",
            "class A\n{\n    A()\n    {\n" + Statements(68) + "    }\n    int P { get\n{\n" + Statements(69) + "} }\n}\n", 3, 74),
        Sample.Of("lengths", "src/a.cs", "class A\n{\n    void F()\n    {\n" + Statements(67) + "    }\n}\n"),

        Sample.Of("banned names", "src/Common/a.cs", "class FrameHelpers;\nenum BaseKind;\nclass Database;\n", 1, 1, 2),
        Sample.Of("banned names", "tools/string_utils.py", "", 1),
        Sample.Of("banned names", "src/Memory/FrameTable.cs", "class FrameTable { void Manager() { } }\nenum SegmentBase;\n"),
        Sample.Of("banned names", "src/CoreLib/System/SpanHelpers.cs", "class SpanHelpers;\n"),

        Sample.Of("unsafe", "src/Hypervisor/a.cs", "class A\n{\n    unsafe void F() { }\n    void G() { unsafe { } }\n}\n", 3, 4),
        Sample.Of("unsafe", "src/Hypervisor/a.csproj", "<Project>\n<AllowUnsafeBlocks>true</AllowUnsafeBlocks>\n</Project>\n", 2),
        Sample.Of("unsafe", "src/Machine/a.cs", "/// <summary>A.</summary>\npublic unsafe class A;\n\nclass B { unsafe void F() { } }\n", 2, 4),
        Sample.Of("unsafe", "src/Machine/a.cs", "/// <summary>A.</summary>\n// unsafe: yes\npublic unsafe class A;\n", 3),
        Sample.Of("unsafe", "src/Machine/a.cs", "// unsafe: the tables are written by address.\npublic unsafe class A;\nclass B;\n"),
        Sample.Of("unsafe", "src/GuestKit/a.cs", "public unsafe class A;\n"),
        Sample.Of("unsafe", "src/Machine/a.csproj", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>\n"),

        Sample.Of("time differences", "src/Hypervisor/a.cs",
            "class A\n{\n    ulong F(ulong since) => SystemTime.Now - since;\n    ulong G(ulong now) => 5 - now;\n"
            + "    ulong H() => (left -= domain.DyingSince) + (at[1] - (ulong)movedAt) - Clock.Now();\n}\n", 3, 4, 5, 5, 5),
        Sample.Of("time differences", "src/Machine/a.cs", "class A { ulong F(ulong now) => now - start; }\n", 1),
        Sample.Of("time differences", "src/Hypervisor/a.cs",
            "class A { ulong F(ulong now) => unchecked(now - then) + Duration.Between(then, now) + now + length - 1; }\n"),
        Sample.Of("time differences", "src/Machine/Clock/Duration.cs", "class A { ulong F(ulong now) => now - start; }\n"),
        Sample.Of("time differences", "test/a.cs", "class A { ulong F(ulong now) => now - start; }\n"),

        Sample.Of("test names", "test/X.Tests/a.cs",
            "class A\n{\n    [Fact]\n    void It_holds() { }\n    void itHolds() { }\n    void I1_Is() { }\n    void It_2() { }\n}\n", 4, 5, 6, 7),
        Sample.Of("test names", "test/X.Tests/a.cs", "class A { void ItHolds() { } void At6_1_57() { } int a_b; bool IsSo => true; }\n"),
        Sample.Of("test names", "src/a.cs", "class A { void It_holds() { } }\n"),

        Sample.Of("wall clocks", "test/a.cs", "class A\n{\n    long F() => DateTime.UtcNow.Ticks + System.DateTimeOffset.Now.Ticks;\n"
            + "    long G() => Environment.TickCount64 + Stopwatch.GetTimestamp();\n    DateTime H() => DateTime.UnixEpoch;\n"
            + "    [Fact(Timeout = 1000)]\n    void I() { }\n}\n", 3, 3, 4, 4, 6),
        Sample.Of("wall clocks", "test/a.cs",
            "class A { ulong F() => SystemTime.Now + record.Timeout + Clock.UtcNow(); DateTime At = DateTime.UnixEpoch; }\n"),
        Sample.Of("wall clocks", "tools/Machine/Endurance.cs", "class A { DateTime F() => DateTime.UtcNow; }\n"),
        Sample.Of("wall clocks", "tools/a.cs", "class A { DateTime F() => DateTime.UtcNow; }\n"),

        Sample.Of("docstrings", "src/a.cs",
            "public class A\n{\n    public void F() { }\n    public A() { }\n    internal void G() { }\n}\n", 1, 3, 4),
        Sample.Of("docstrings", "src/a.cs", "/// <summary>I.</summary>\npublic interface I\n{\n    void F();\n}\npublic enum E;\n", 4, 6),
        Sample.Of("docstrings", "src/a.cs", "class A\n{\n    public void F() { }\n    public class B;\n}\n"),
        Sample.Of("docstrings", "src/a.cs", "/// <summary>A.</summary>\npublic class A\n{\n    public override string ToString() => \"\";\n"
            + "    public static bool operator ==(A a, A b) => true;\n}\n"),
        Sample.Of("docstrings", "test/a.cs", "public class A;\n"),
        new("docstrings", [("src/a.cs", "/// <summary>A.</summary>\npublic partial class A;\n"), ("src/b.cs", "public partial class A;\n")], []),

        Sample.Of("namespaces", "src/Hypervisor/PageTables/a.cs", "namespace Serai.Hypervisor.Domains;\n", 1),
        Sample.Of("namespaces", "src/Hypervisor/PageTables/a.cs", "namespace Serai.Hypervisor;\n", 1),
        Sample.Of("namespaces", "src/Hypervisor/PageTables/a.cs", "namespace Serai.Hypervisor.PageTables { }\n", 1),
        Sample.Of("namespaces", "src/Hypervisor/Control/CommandLine/a.cs", "namespace Serai.Hypervisor.Control;\n"),
        Sample.Of("namespaces", "src/Abi/Arch/a.cs", "namespace Serai.Abi;\n"),
        Sample.Of("namespaces", "test/Hypervisor.Tests/Memory/a.cs", "namespace Serai.Hypervisor.Tests.Memory;\n", 1),
        Sample.Of("namespaces", "test/Hypervisor.Tests/Frames/a.cs", "namespace Serai.Hypervisor.Tests.Grants;\n", 1),
        Sample.Of("namespaces", "test/Hypervisor.Tests/Frames/a.cs", "namespace Serai.Hypervisor.Tests.Frames;\n"),
        Sample.Of("namespaces", "test/Hypervisor.Tests/Histories/a.cs", "namespace Serai.Hypervisor.Tests.Histories;\n"),
        Sample.Of("namespaces", "test/Hypervisor.Tests/Needs.cs", "class A;\n"),

        Sample.Of("room states", "src/Hypervisor/Time/a.cs", "static class A { static int b; public static int C { get; private set; } }\n", 1, 1),
        Sample.Of("room states", "src/Hypervisor/Time/a.cs", "struct TimeState { public static TimeState Now; }\n", 1),
        Sample.Of("room states", "src/Hypervisor/Time/a.cs",
            "static class A { static readonly int[] b = [1];\nstatic List<int> C { get; } = [];\nint D => PerMachine<int>.Now; }\n", 1, 2, 3),
        Sample.Of("room states", "src/Hypervisor/Time/a.cs",
            "static class A { static readonly int b = 1; const int C = 1; static int D => 1; static int E { get => 1; set { } } int f; }\n"),
        Sample.Of("room states", "src/Hypervisor/a.cs", "static class A { static bool isStarted; }\n", 1),
        new("room states", [State], ["src/Hypervisor/Time/TimeState.cs:1"]),
        new("room states", [State, ("src/Hypervisor/RoomStates.cs", "/// <see cref=\"TimeState\"/>\nclass A { }\n")], []),
        new("room states", [Begun, ("src/Hypervisor/RoomStates.cs", "/// <see cref=\"TimeState\"/>\nclass A { }\n")],
            ["src/Hypervisor/Time/TimeState.cs:1"]),
        new("room states", [Begun, ("src/Hypervisor/RoomStates.cs", "class A { void Begin() { TimeState.Begin(); } }\n")], []),
        Sample.Of("room states", "src/Machine/a.cs", "static class A { static int b; }\n"),
        new("room states", [("src/Machine/a.cs", "static class A { static int b; }\n"),
            ("test/Simulation/S.csproj", "<Compile Include=\"../../src/Machine/a.cs\" />\n")], ["src/Machine/a.cs:1"]),
        Sample.Of("room states", "test/Simulation/a.cs", "static class A { static int b; static ref int C => ref b; }\n", 1),
        Sample.Of("room states", "test/Simulation/State/SimulatedMachine.cs", "class SimulatedMachine { static int places; }\n"),

        new("dead files", [("src/Machine/a.cs", "class A;\n"), ("src/Machine/b.cs", "class B { void F() => B.F(); }\n")],
            ["src/Machine/a.cs:1", "src/Machine/b.cs:1"]),
        new("dead files", [("src/Machine/a.cs", "class A { }\n"), ("test/b.cs", "class B : A;\n")], []),
        new("dead files",
            [("src/Machine/a.cs", "static class A { public static void Fold(this int x) { } }\n"),
             ("test/b.cs", "class B { int c = 1.Fold(); }\n")], []),
        Sample.Of("unused members", "src/Machine/a.cs", "class A { int b; void C() { } void D() => C(); }\n", 1, 1),
        Sample.Of("unused members", "src/Machine/a.cs",
            "class A { [RuntimeExport(\"B\")] static void B() { } int element; enum C { D } C E => F.G; override H() { } }\n", 1),
        Sample.Of("unused members", "src/Abi/a.cs", "struct A { int b; }\n"),
        Sample.Of("dead files", "src/Machine/a.cs", "class A { [RuntimeExport(\"Start\")] static void Enter() { } }\n"),
        Sample.Of("dead files", "src/CoreLib/a.cs", "class A;\n"),
    ];
}
