using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// What nothing speaks of is not needed. CoreLib is exempt: ilc and the compiler speak of it by themselves; Abi is the whole contract.
/// </summary>
public static class DeadFiles
{
    /// <summary>Files in src none of whose types, nor extension methods, is named in any other C# file, and that assembly does not enter.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        Dictionary<string, HashSet<string>> users = Users(tree);
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn("src/") && !file.IsIn("src/CoreLib/", "src/Abi/")))
        {
            string[] names = [.. Names(file)];
            bool entered = file.Nodes<AttributeSyntax>().Any(attribute => attribute.Name.ToString() is "RuntimeExport" or "UnmanagedCallersOnly");
            if (names.Length == 0 || entered || IsProgram(file))
                continue;
            if (!names.Any(name => users.TryGetValue(name, out HashSet<string>? places) && places.Any(place => place != file.Path)))
                yield return file.At(1, $"nothing else speaks of {string.Join(", ", names)}");
        }
    }

    private static Dictionary<string, HashSet<string>> Users(SourceTree tree)
    {
        var users = new Dictionary<string, HashSet<string>>();
        foreach (SourceFile file in tree.CSharp)
        {
            foreach (SyntaxToken token in file.Root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)))
            {
                if (!users.TryGetValue(token.Text, out HashSet<string>? places))
                    users.Add(token.Text, places = []);
                places.Add(file.Path);
            }
        }
        return users;
    }

    private static IEnumerable<string> Names(SourceFile file)
    {
        foreach (BaseTypeDeclarationSyntax type in file.Nodes<BaseTypeDeclarationSyntax>())
        {
            if (type.Parent is not TypeDeclarationSyntax)
                yield return type.Identifier.Text;
        }
        foreach (MethodDeclarationSyntax method in file.Nodes<MethodDeclarationSyntax>())
        {
            if (method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true)
                yield return method.Identifier.Text;
        }
    }

    private static bool IsProgram(SourceFile file) =>
        file.Nodes<GlobalStatementSyntax>().Any() || file.Nodes<MethodDeclarationSyntax>().Any(method => method.Identifier.Text == "Main");
}
