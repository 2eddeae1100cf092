using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// What a room of the hypervisor keeps lies in the one struct of that room, so that a machine begins by one assignment a room, for the tests as at
/// boot: a static that changes and lies elsewhere would be left as the last test had it, and so would a struct that RoomStates does not begin.
/// </summary>
public static class RoomStates
{
    private const string Hypervisor = "src/Hypervisor/", Names = "src/Hypervisor/RoomStates.cs";

    /// <summary>Static fields and properties with storage that change, in rooms, but for the room's own struct; and structs not begun.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        string begun = tree.Files.FirstOrDefault(file => file.Path == Names)?.Text ?? "";
        foreach (SourceFile file in tree.Files.Where(file => file.IsCSharp && file.IsIn(Hypervisor)))
        {
            string[] path = file.Path[Hypervisor.Length..].Split('/');
            if (path.Length < 2)
                continue;
            string state = $"{path[0]}State";
            if (path[1] == $"{state}.cs" && !begun.Contains($" {state}.Begin();", System.StringComparison.Ordinal))
                yield return file.At(1, $"{state} is not begun in {Names}");
            foreach (MemberDeclarationSyntax member in file.Nodes<MemberDeclarationSyntax>().Where(Keeps))
            {
                if (member.Parent is not StructDeclarationSyntax { Identifier.Text: var home } || home != state)
                    yield return file.At(member, $"what the room keeps belongs in {state}");
            }
        }
    }

    private static bool Keeps(MemberDeclarationSyntax member)
        => Has(member, SyntaxKind.StaticKeyword) && !Has(member, SyntaxKind.AbstractKeyword)
            && ((member is FieldDeclarationSyntax && !Has(member, SyntaxKind.ReadOnlyKeyword))
                || (member is PropertyDeclarationSyntax { AccessorList: { } list } && list.Accessors.All(IsAutomatic)
                    && list.Accessors.Any(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration))));

    private static bool IsAutomatic(AccessorDeclarationSyntax accessor) => accessor is { Body: null, ExpressionBody: null };

    private static bool Has(MemberDeclarationSyntax member, SyntaxKind kind) => member.Modifiers.Any(kind);
}
