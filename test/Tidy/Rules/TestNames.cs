using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Methods of tests are called like all others, so one search finds a name, wherever it stands. A name is a sentence all the same.</summary>
public static partial class TestNames
{
    /// <summary>Methods in test whose names have small initials or underscores that do not part two numbers.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn("test/")))
        {
            foreach (MethodDeclarationSyntax method in file.Nodes<MethodDeclarationSyntax>())
            {
                if (!Name().IsMatch(method.Identifier.Text))
                    yield return file.At(method.Identifier, $"'{method.Identifier.Text}': words begin with a capital and stand without underscores");
            }
        }
    }

    [GeneratedRegex("^[A-Z]([A-Za-z0-9]|(?<=[0-9])_(?=[0-9]))*$")]
    private static partial Regex Name();
}
