using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Abi.Tests;

/// <summary>
/// Which C name each name of one source file of src/Abi stands for. Lines are 'include HEADER', 'KIND TYPE = C' and, indented,
/// 'MEMBER = C'. For a struct or an array C is a type, to which 'size EXPRESSION' may be added where sizeof is not what is meant; its
/// members are C fields. For an enum or constants it is a prefix with a star; its members are what follows the prefix, or after a second
/// '=' a whole expression.
/// </summary>
public sealed class LayoutMap
{
    private readonly List<string> includes = [];
    private readonly List<MappedType> types = [];

    private LayoutMap(string name) => Name = name;

    /// <summary>The path below Maps/.</summary>
    public string Name { get; }

    /// <summary>Headers, as written between the angle brackets.</summary>
    public IReadOnlyList<string> Includes => includes;

    /// <summary>The types, in the order of the file.</summary>
    public IReadOnlyList<MappedType> Types => types;

    /// <summary>The directory with all maps.</summary>
    public static string Directory => Path.Combine(AppContext.BaseDirectory, "Maps");

    /// <summary>Every map there is.</summary>
    public static IEnumerable<LayoutMap> All =>
        System.IO.Directory.EnumerateFiles(Directory, "*.map", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Read(Path.GetRelativePath(Directory, path)));

    /// <summary>Reads the map of a name relative to <see cref="Directory"/>.</summary>
    public static LayoutMap Read(string name) => Parse(name, File.ReadAllLines(Path.Combine(Directory, name)));

    /// <summary>Parses the lines of a map; throws FormatException with the line's number.</summary>
    public static LayoutMap Parse(string name, IReadOnlyList<string> lines)
    {
        var map = new LayoutMap(name);
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Trim().Length != 0)
                map.Add(lines[i], i + 1);
        }
        return map;
    }

    private void Add(string line, int number)
    {
        if (line.StartsWith("include ", StringComparison.Ordinal))
        {
            includes.Add(line["include ".Length..].Trim());
            return;
        }
        string[] sides = line.Split('=', 2, StringSplitOptions.TrimEntries);
        if (sides.Length != 2)
            throw new FormatException($"{Name}:{number}: no '='");
        if (char.IsWhiteSpace(line[0]))
        {
            if (types.Count == 0)
                throw new FormatException($"{Name}:{number}: a member without a type");
            types[^1].Members.Add(new MappedMember(sides[0], sides[1], number));
            return;
        }
        string[] words = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !Enum.TryParse(words[0], ignoreCase: true, out MappedKind kind))
            throw new FormatException($"{Name}:{number}: want struct, array, enum or constants and a name");
        types.Add(new MappedType(kind, words[1], sides[1], number));
    }
}
