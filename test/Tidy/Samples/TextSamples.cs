using System.Linq;

namespace Serai.Tidy.Samples;

/// <summary>Samples for rules about any text.</summary>
internal static class TextSamples
{
    private static readonly string Empty499 = string.Concat(Enumerable.Repeat("\n", 499));

    // Joined, so that a search for the word in this repository finds no note.
    private static readonly string Marker = "TO" + "DO";

    private const string HostedSample = "namespace N;\nclass World { }\nabstract class SomeTests { [Fact] void Good() { } void Bad() { } }\n"
        + "class OtherTests : SomeTests { }\nclass SomeTestsToo : SomeTests { [Theory] void Better() { } }\n";

    private const string Advisories = "| Hole | Shown by |\n|--|--|\n";

    private static readonly (string Path, string Text)[] Tests =
    [
        ("test/Guests/Memory/PinTwice.cs", ""), ("test/X.Tests/SomeTests.cs", "class SomeTests { [Fact] void Good() { } void Bad() { } }"),
    ];

    public static Sample[] All =>
    [
        Sample.Of("text", "a.cs", "class A;\t\nclass B; \nclass C;\r\n" + new string('x', 151) + "\n" + new string('x', 150) + "\n", 1, 2, 3, 4),
        Sample.Of("text", "a.cs", "class A;", 1),
        Sample.Of("text", "a.cs", "class A;\n\n", 2),
        Sample.Of("text", "a.cs", "\ufeffclass A;\n", 1),
        Sample.Of("text", "a.md", new string('x', 151) + "\n"),
        Sample.Of("text", "a.cs", ""),

        Sample.Of("markers", "src/a.cs", $"// {Marker}: later\n// XXXL\n# FIX" + "ME\n", 1, 3),
        Sample.Of("markers", "src/a.cs", "// todo is what the list is called\n"),

        MutationSample("## a\nfile src/A.cs\nfault x\n-if (b)\n+if (b && !mutant)\n"),
        MutationSample("## a\nfile src/A.cs\nfault x\n-if (c)\n+if (c && !mutant)\n## b\nfile src/B.cs\nfault x\n-a\n+mutant\n", 1, 6),
        MutationSample("## a\nfile src/A.cs\nfault x\n-;\n+mutant\n", 1),
        MutationSample("## a\nfile src/A.cs\nfault x\n-if (b)\n+if (true)\n", 1),
        MutationSample("## a\nfile src/A.cs\n-if (b)\n+if (mutant)\n", 1),
        MutationSample("## a\nfile src/A.cs\nfault x\ntests SomeTests\n-if (b)\n+if (b && !mutant)\n"),
        MutationSample("## a\nfile src/A.cs\nfault x\ntests OtherTests N.Other\n-if (b)\n+if (b && !mutant)\n"),
        MutationSample("## a\nfile src/A.cs\nfault x\ntests SomeTests.Bad\n-if (b)\n+if (b && !mutant)\n", 1),
        MutationSample("## a\nfile src/A.cs\nfault x\ntests OtherTests World\n-if (b)\n+if (b && !mutant)\n", 1),

        Sample.Of("assembly reasons", "src/a.S", ".text\n", 1),
        Sample.Of("assembly reasons", "src/a.S", "/* Entry. */\n.text\n", 1),
        Sample.Of("assembly reasons", "src/a.inc", "#include \"because it has to be like this.h\"\n", 1),
        Sample.Of("assembly reasons", "src/a.S", "/*\n * The processor enters here without a stack: no C# yet.\n */\n.text\n"),
        Sample.Of("assembly reasons", "src/a.lds", "# Where everything lies in memory.\n# And why.\n"),

        Sample.Of("links", "docs/a.md", "[x](b.md) [x](../c.md#here) [y](#there)\n[z]: nowhere.md\n", 1, 1, 1, 2),
        new("links",
            [("docs/a.md", "[x](b.md) [w](/docs/b.md#two-words) `[no](link)`\n```\n[no](link)\n```\n"
                + "[h](https://e.org/x#y) [f](../src)\n[g](#a-heading)\n## A heading!\n"),
             ("docs/b.md", "# Two words\n"), ("src/x.cs", "")], []),
        new("links", [("docs/a.md", "[x](b.md#three)\n"), ("docs/b.md", "# Two words\n")], ["docs/a.md:1"]),

        new("advisory table", [("docs/security.md", Advisories + "| a | `memory pin-twice` and `SomeTests.Good` |\n| b | cannot exist |\n\n| x |\n"),
            .. Tests], []),
        new("advisory table", [("docs/security.md", Advisories + "| a | `memory pin` |\n| b | `SomeTests.Bad` |\n| c | surely |\n"), .. Tests],
            ["docs/security.md:3", "docs/security.md:4", "docs/security.md:5"]),

        Sample.Of("first screen", "a.md", "", []) with { Expected = ["README.md:1"] },
        Sample.Of("first screen", "README.md", "# Serai\n\n    ./run test\n", 1),
        Sample.Of("first screen", "README.md", "# Serai\n\n    ./run check\n", 1, 1),
        Sample.Of("first screen", "README.md", new string('\n', 31) + "    ./run\n    ./run test\n", 1, 1),
        Sample.Of("first screen", "README.md", "# Serai\n\n    ./run          # boots\n    ./run test     # proves\n"),

        Sample.Of("lengths", "src/a.S", Empty499 + "a\nb\n", 1),
        Sample.Of("lengths", "src/a.S", Empty499 + "a\n"),
        Sample.Of("lengths", "docs/a.md", Empty499 + "a\nb\n"),
    ];

    private static Sample MutationSample(string list, params int[] lines) => new("mutation table",
        [("test/Mutations/a.txt", list), ("src/A.cs", "if (b) c(); d();\n"), ("test/Hypervisor.Tests/N/a.cs", HostedSample)],
        System.Array.ConvertAll(lines, line => $"test/Mutations/a.txt:{line}"));
}
