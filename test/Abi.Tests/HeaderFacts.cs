using System;
using System.Collections.Generic;
using System.Globalization;

namespace Serai.Abi.Tests;

/// <summary>The answers of a <see cref="HeaderProgram"/>, by the C# names of the map.</summary>
public sealed class HeaderFacts
{
    private readonly Dictionary<string, ulong> sizes = [];
    private readonly Dictionary<string, (ulong Offset, ulong Size)> fields = [];
    private readonly Dictionary<string, ulong> values = [];

    /// <summary>Sizes of types in bytes, by type.</summary>
    public IReadOnlyDictionary<string, ulong> Sizes => sizes;

    /// <summary>Offsets and sizes of fields in bytes, by 'Type.Field'.</summary>
    public IReadOnlyDictionary<string, (ulong Offset, ulong Size)> Fields => fields;

    /// <summary>Values of constants, sign-extended to 64 bits, by 'Type.Name'.</summary>
    public IReadOnlyDictionary<string, ulong> Values => values;

    /// <summary>Reads the program's output: 'size T n', 'field T.F offset size', 'value T.N n'.</summary>
    public static HeaderFacts Parse(string output)
    {
        var facts = new HeaderFacts();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "size":
                    facts.sizes.Add(words[1], Number(words[2]));
                    break;
                case "field":
                    facts.fields.Add(words[1], (Number(words[2]), Number(words[3])));
                    break;
                case "value":
                    facts.values.Add(words[1], Number(words[2]));
                    break;
                default:
                    throw new FormatException($"the C program printed: {line}");
            }
        }
        return facts;
    }

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);
}
