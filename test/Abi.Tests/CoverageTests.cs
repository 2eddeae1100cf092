using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Serai.Abi.Tests;

/// <summary>Nothing public of src/Abi escapes the comparison with the headers, and every docstring tells the true size.</summary>
public sealed partial class CoverageTests
{
    // No C header that a distribution installs names these.
    private static readonly string[] OursOnly = [nameof(E820Type), nameof(EfiMemoryType)];

    [Fact]
    public void EveryTypeIsMappedOnce()
    {
        var mapped = LayoutMap.All.SelectMany(map => map.Types).Select(type => type.Name).ToArray();
        var types = PublicTypes.All.Select(type => type.Name).ToArray();
        Assert.Empty(types.Except(mapped).Except(OursOnly));
        Assert.Empty(mapped.Concat(OursOnly).Except(types));
        Assert.Empty(mapped.Concat(OursOnly).GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void MapsLieLikeTheSources()
    {
        string sources = Path.Combine(AppContext.BaseDirectory, "Sources");
        var files = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.ChangeExtension(Path.GetRelativePath(sources, path), ".map"));
        Assert.Equal(files.Order(), LayoutMap.All.Select(map => map.Name).Order());
    }

    [Fact]
    public void DocstringsTellTheSize()
    {
        string sources = Path.Combine(AppContext.BaseDirectory, "Sources");
        var structs = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => DocumentedStruct().Matches(File.ReadAllText(path))).ToArray();
        Assert.Equal(PublicTypes.All.Count(type => type.IsValueType && !type.IsEnum), structs.Length);
        Assert.Empty(structs.Where(found => !TellsSize(found)).Select(found => found.Groups["name"].Value));
    }

    private static bool TellsSize(Match found)
    {
        ulong size = ManagedLayout.SizeOf(PublicTypes.Find(found.Groups["name"].Value));
        return Regex.IsMatch(found.Groups["doc"].Value, $@"\b{size} bytes\b");
    }

    [GeneratedRegex(@"(?<doc>(^/// .*\n)+)(^\[.*\n)*^public struct (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex DocumentedStruct();
}
