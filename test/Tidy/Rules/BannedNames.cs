using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Words that name a drawer instead of a thing: whatever lies in it could as well lie elsewhere.</summary>
public static partial class BannedNames
{
    private static readonly HashSet<string> Words = new(
        ["base", "util", "utility", "utilities", "common", "misc", "miscellaneous", "helper", "manager"], StringComparer.OrdinalIgnoreCase);

    // Terms of the processor's manual.
    private static readonly HashSet<string> Terms = ["SegmentBase"];

    /// <summary>Types, files and folders with such a word; not in CoreLib, whose names are those of .NET.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => !file.IsIn("src/CoreLib/")))
        {
            foreach (string part in file.Path.Split('/'))
            {
                if (Banned(part) is string word)
                    yield return file.At(1, $"'{part}' says '{word}': name the thing");
            }
            if (!file.IsCSharp)
                continue;
            foreach (BaseTypeDeclarationSyntax type in file.Nodes<BaseTypeDeclarationSyntax>())
            {
                if (Banned(type.Identifier.Text) is string word)
                    yield return file.At(type.Identifier, $"'{type.Identifier.Text}' says '{word}': name the thing");
            }
        }
    }

    private static string? Banned(string name)
    {
        if (Terms.Contains(name))
            return null;
        foreach (Match word in Word().Matches(name))
        {
            if (Words.Contains(word.Value) || Words.Contains(word.Value.TrimEnd('s')))
                return word.Value;
        }
        return null;
    }

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Word();
}
