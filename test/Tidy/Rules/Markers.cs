using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A note to do something later is a promise to nobody. What is missing refuses with a clear error, and what is wrong is mended.</summary>
public static partial class Markers
{
    /// <summary>The usual words for it, in capitals, anywhere but in this test.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => !file.IsIn("test/Tidy/")))
        {
            for (int i = 0; i < file.Lines.Length; i++)
            {
                Match match = Marker().Match(file.Lines[i]);
                if (match.Success)
                    yield return file.At(i + 1, $"'{match.Value}': do it now, or refuse with a clear error");
            }
        }
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Marker();
}
