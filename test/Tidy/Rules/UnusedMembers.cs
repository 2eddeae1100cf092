using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// A member that nothing uses is not needed. By names, not by meaning: a member whose name is written nowhere but where it is declared. What
/// assembly enters, what an interface or a base asks for, enum members (values of hardware and of the ABI) and fields that only keep a record's
/// layout are used otherwise; CoreLib and Abi are whole by contract.
/// </summary>
public static class UnusedMembers
{
    private static readonly string[] Layout = ["element", "unused", "padding", "reserved"];

    /// <summary>Members declared in src whose name no other token of the repository's C# has.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        Dictionary<string, int> counts = Counts(tree);
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn("src/") && !file.IsIn("src/CoreLib/", "src/Abi/", "src/GuestKit/")))
        {
            foreach (MemberDeclarationSyntax member in file.Nodes<MemberDeclarationSyntax>().Where(member => !IsUsedOtherwise(member)))
            {
                foreach (SyntaxToken name in Names(member).Where(name => counts[name.Text] == 1 && !Layout.Contains(name.Text)))
                    yield return file.At(name, $"nothing uses {name.Text}");
            }
        }
    }

    private static Dictionary<string, int> Counts(SourceTree tree) =>
        (from file in tree.CSharp
         from token in file.Root.DescendantTokens()
         where token.IsKind(SyntaxKind.IdentifierToken)
         group token by token.Text).ToDictionary(group => group.Key, group => group.Count());

    private static bool IsUsedOtherwise(MemberDeclarationSyntax member) =>
        member.Modifiers.Any(SyntaxKind.OverrideKeyword) || member.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is "RuntimeExport" or "UnmanagedCallersOnly" or "RuntimeImport");

    private static IEnumerable<SyntaxToken> Names(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } method => [method.Identifier],
        PropertyDeclarationSyntax property => [property.Identifier],
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier),
        BaseTypeDeclarationSyntax type when type.Parent is TypeDeclarationSyntax => [type.Identifier],
        _ => [],
    };
}
