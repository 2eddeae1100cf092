using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Who calls something reads its docstring, not its body.</summary>
public static class Docstrings
{
    /// <summary>
    /// Public types and methods in src without one. An override has its base's, == and != say all by themselves; a type in parts needs
    /// one in one part.
    /// </summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        HashSet<string> documented = [.. Types(tree).Where(it => HasDocstring(it.Type)).Select(it => it.Type.Identifier.Text)];
        foreach ((SourceFile file, BaseTypeDeclarationSyntax type) in Types(tree))
        {
            if (!IsPublic(type))
                continue;
            bool partial = type.Modifiers.Any(SyntaxKind.PartialKeyword);
            if (!HasDocstring(type) && !(partial && documented.Contains(type.Identifier.Text)))
                yield return file.At(type.Identifier, $"{type.Identifier.Text} is public and has no docstring");
            if (type is not TypeDeclarationSyntax holder)
                continue;
            foreach (BaseMethodDeclarationSyntax method in holder.Members.OfType<BaseMethodDeclarationSyntax>())
            {
                if (NeedsOne(method, holder) && !HasDocstring(method))
                    yield return file.At(method, $"{type.Identifier.Text}.{Name(method)} is public and has no docstring");
            }
        }
    }

    private static IEnumerable<(SourceFile File, BaseTypeDeclarationSyntax Type)> Types(SourceTree tree) =>
        from file in tree.CSharp
        where file.IsIn("src/")
        from type in file.Nodes<BaseTypeDeclarationSyntax>()
        select (file, type);

    private static bool IsPublic(SyntaxNode? type) => type switch
    {
        BaseTypeDeclarationSyntax declared => declared.Modifiers.Any(SyntaxKind.PublicKeyword) && IsPublic(declared.Parent),
        _ => true,
    };

    private static bool NeedsOne(BaseMethodDeclarationSyntax method, TypeDeclarationSyntax holder) =>
        (method.Modifiers.Any(SyntaxKind.PublicKeyword) || holder is InterfaceDeclarationSyntax)
        && !method.Modifiers.Any(SyntaxKind.OverrideKeyword)
        && !(method is OperatorDeclarationSyntax sign && IsEquality(sign.OperatorToken));

    private static bool IsEquality(SyntaxToken sign) => sign.IsKind(SyntaxKind.EqualsEqualsToken) || sign.IsKind(SyntaxKind.ExclamationEqualsToken);

    private static string Name(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        OperatorDeclarationSyntax sign => "operator " + sign.OperatorToken.Text,
        ConversionOperatorDeclarationSyntax => "conversion",
        _ => "constructor",
    };

    private static bool HasDocstring(SyntaxNode node) =>
        node.GetLeadingTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia)
            || trivia.IsKind(SyntaxKind.MultiLineDocumentationCommentTrivia));
}
