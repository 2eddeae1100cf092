using System.Collections.Generic;
using System.Linq;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>What an editor would otherwise change by the way: blanks, line ends, tabs; and lines that do not fit beside another.</summary>
public static class TextForm
{
    private const int LineLength = 150;

    private static readonly HashSet<string> Code = [".cs", ".S", ".inc", ".lds", ".sh", ".c", ".h", ".py", ".yml", ".yaml", ".editorconfig"];

    /// <summary>
    /// Tabs, blanks at a line's end, carriage returns, byte order marks, no or several line ends at the end; in code, lines over 150
    /// characters.
    /// </summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => file.Text.Length != 0))
        {
            if (file.Text[0] == '\ufeff')
                yield return file.At(1, "begins with a byte order mark");
            if (!file.Text.EndsWith('\n'))
                yield return file.At(file.Lines.Length, "the last line has no end");
            else if (file.Text.EndsWith("\n\n", System.StringComparison.Ordinal))
                yield return file.At(file.Lines.Length - 1, "ends with empty lines");
            bool isCode = Code.Contains(file.Extension) || file.Path == "run";
            for (int i = 0; i < file.Lines.Length; i++)
            {
                if (Fault(file.Lines[i], isCode) is string fault)
                    yield return file.At(i + 1, fault);
            }
        }
    }

    private static string? Fault(string line, bool isCode)
    {
        if (line.EndsWith('\r'))
            return "carriage return";
        if (line.Contains('\t'))
            return "tab";
        if (line.EndsWith(' '))
            return "blanks at the end";
        return isCode && line.Length > LineLength ? $"{line.Length} characters; a line has {LineLength} at most" : null;
    }
}
