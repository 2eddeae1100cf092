using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Pointers stay where ring 0 and guests cannot do without; and in ring 0 each type says why it needs them.</summary>
public static class UnsafeCode
{
    // Guests are ring 3: their pages are addresses to them, and what they do to themselves is the story. Machine.Hosted has no source of its own.
    private static readonly string[] Allowed =
    [
        "src/Machine/", "src/CoreLib/", "src/GuestKit/", "test/Guests/", "test/Calls/", "bench/Guest/", "bench/Pair/", "examples/",
        "test/Machine.Hosted/",
    ];

    /// <summary>
    /// `unsafe` outside of the allowed folders, in C# or in a project; in Machine, a type that uses it without a comment `// unsafe:
    /// reason`.
    /// </summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files)
        {
            if (file.IsCSharp)
            {
                foreach (Finding finding in file.IsIn(Allowed) ? WithoutReason(file) : Outside(file))
                    yield return finding;
            }
            else if (file.Extension is ".csproj" or ".props" or ".targets" && !file.IsIn(Allowed))
            {
                for (int i = 0; i < file.Lines.Length; i++)
                {
                    if (file.Lines[i].Contains("<AllowUnsafeBlocks>true", StringComparison.OrdinalIgnoreCase))
                        yield return file.At(i + 1, $"unsafe code is for {string.Join(", ", Allowed)}");
                }
            }
        }
    }

    private static IEnumerable<Finding> Outside(SourceFile file) =>
        Keywords(file.Root).Select(token => file.At(token, $"unsafe code is for {string.Join(", ", Allowed)}"));

    private static IEnumerable<Finding> WithoutReason(SourceFile file)
    {
        if (!file.IsIn("src/Machine/"))
            yield break;
        foreach (TypeDeclarationSyntax type in file.Nodes<TypeDeclarationSyntax>())
        {
            bool outermost = type.Parent is not TypeDeclarationSyntax;
            if (outermost && Keywords(type).Any() && !type.GetLeadingTrivia().Any(IsReason))
                yield return file.At(type.Identifier, $"{type.Identifier.Text} is unsafe: say why in a comment `// unsafe: ...` above it");
        }
    }

    private static IEnumerable<SyntaxToken> Keywords(SyntaxNode node) =>
        node.DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword));

    private static bool IsReason(SyntaxTrivia trivia)
    {
        const string mark = "// unsafe: ";
        const int leastReason = 10;
        string text = trivia.ToString();
        return text.StartsWith(mark, StringComparison.Ordinal) && text.Length >= mark.Length + leastReason;
    }
}
