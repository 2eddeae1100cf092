using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// What the hosted tests run has no static that changes: it lies in the machine (src/Machine/PerMachine.cs), so that a test has its own and begins
/// with a new one. Of a room of the hypervisor that is one struct, which RoomStates names, and begins where it is not zeros. What of src/Machine only
/// ring 0 runs has statics like any other, for there is one machine.
/// </summary>
public static partial class RoomStates
{
    private const string Hypervisor = "src/Hypervisor/", Simulation = "test/Simulation/", Names = "src/Hypervisor/RoomStates.cs";

    /// <summary>What is the process's: a thread's machine, where states lie in each, and which fault of `./run mutate` is on.</summary>
    private static readonly string[] OfTheProcess = ["test/Simulation/State/SimulatedMachine.cs", "test/Simulation/Mutation.cs"];

    /// <summary>Static fields and properties with storage that changes; what a room keeps beside its struct; and structs not begun.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        HashSet<string> linked = [.. tree.Files.Where(file => file.Extension == ".csproj" && file.IsIn("test/"))
            .SelectMany(file => Link().Matches(file.Text)).Select(match => match.Groups[1].Value)];
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn(Hypervisor, Simulation) || linked.Contains(file.Path)))
        {
            if (OfTheProcess.Contains(file.Path))
                continue;
            foreach (MemberDeclarationSyntax member in file.Nodes<MemberDeclarationSyntax>().Where(Keeps))
                yield return file.At(member, "what changes belongs to the machine: a room's state, PerMachine<State>, or SimulatedMachine");
        }
        foreach (Finding finding in tree.CSharp.Where(file => file.IsIn(Hypervisor)).SelectMany(file => CheckRoom(tree, file)))
            yield return finding;
    }

    private static IEnumerable<Finding> CheckRoom(SourceTree tree, SourceFile file)
    {
        string[] path = file.Path[Hypervisor.Length..].Split('/');
        string state = $"{path[0]}State";
        bool isHome = path.Length == 2 && path[1] == $"{state}.cs";
        string called = file.Text.Contains(" Begin(", System.StringComparison.Ordinal) ? $" {state}.Begin();" : $"\"{state}\"";
        if (isHome && tree.Find(Names)?.Text.Contains(called, System.StringComparison.Ordinal) != true)
            yield return file.At(1, $"{state} is not named in {Names}, or not begun there");
        foreach (GenericNameSyntax name in file.Nodes<GenericNameSyntax>().Where(name => name.Identifier.Text == "PerMachine"))
        {
            if (!isHome || name.TypeArgumentList.Arguments.ToString() != state)
                yield return file.At(name, $"what the room keeps belongs in {state}");
        }
    }

    private static bool Keeps(MemberDeclarationSyntax member)
    {
        if (!Has(member, SyntaxKind.StaticKeyword) || Has(member, SyntaxKind.AbstractKeyword))
            return false;
        return member switch
        {
            FieldDeclarationSyntax field => !Has(field, SyntaxKind.ReadOnlyKeyword) || HasContents(field.Declaration.Type),
            PropertyDeclarationSyntax { AccessorList: { } list } property => list.Accessors.All(IsAutomatic)
                && (HasContents(property.Type) || list.Accessors.Any(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration))),
            _ => false,
        };
    }

    /// <summary>Whether what a variable holds can change though it cannot itself: arrays and collections.</summary>
    private static bool HasContents(TypeSyntax type) => type is ArrayTypeSyntax or GenericNameSyntax;

    private static bool IsAutomatic(AccessorDeclarationSyntax accessor) => accessor is { Body: null, ExpressionBody: null };

    private static bool Has(MemberDeclarationSyntax member, SyntaxKind kind) => member.Modifiers.Any(kind);

    [GeneratedRegex("Compile Include=\"\\.\\./\\.\\./(src/Machine/[^\"]+)\"")]
    private static partial Regex Link();
}
