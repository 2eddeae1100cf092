using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A function is read in one screen, a file in one sitting.</summary>
public static class Lengths
{
    private const int FunctionLines = 70;
    private const int FileLines = 500;

    private static readonly HashSet<string> Code = [".cs", ".S", ".inc", ".lds", ".sh", ".c", ".h", ".py"];

    /// <summary>Functions over 70 lines, files of code over 500.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files)
        {
            int lines = file.Lines.Length - (file.Text.EndsWith('\n') ? 1 : 0);
            if (lines > FileLines && (Code.Contains(file.Extension) || file.Path == "run"))
                yield return file.At(1, $"{lines} lines; a file has {FileLines} at most");
            if (!file.IsCSharp)
                continue;
            foreach (SyntaxNode node in file.Root.DescendantNodes())
            {
                FileLinePositionSpan span = node.GetLocation().GetLineSpan();
                int length = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                bool function = node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;
                if (function && length > FunctionLines)
                    yield return file.At(node, $"{length} lines; a function has {FunctionLines} at most");
            }
        }
    }
}
