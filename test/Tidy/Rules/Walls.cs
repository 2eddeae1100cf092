using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A subsystem is understood by itself because it knows only what lies below it (layout in ARCHITECTURE.md, data in WallTable).</summary>
public static class Walls
{
    /// <summary>Names from a room to which there is no door, or that do not fit through it.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        ILookup<string, string> types = Types(tree);
        foreach (SourceFile file in tree.CSharp)
        {
            if (WallTable.OfPath(file.Path) is not Room room)
                continue;
            if (room.Name == "Hypervisor" && file.Path[room.Path.Length..].Contains('/'))
                yield return file.At(1, "this folder is not in WallTable: say there what it may import");
            foreach (Finding finding in Check(file, room, types))
                yield return finding;
        }
    }

    /// <summary>Which rooms each room imports, as the code stands.</summary>
    public static ILookup<string, string> Graph(SourceTree tree)
    {
        ILookup<string, string> types = Types(tree);
        return (from file in tree.CSharp
                let room = WallTable.OfPath(file.Path)
                where room is not null
                from it in Imports(file, types)
                where it.Room.Name != room.Name
                select (From: room.Name, To: it.Room.Name)).Distinct().ToLookup(it => it.From, it => it.To);
    }

    private static IEnumerable<Finding> Check(SourceFile file, Room room, ILookup<string, string> types)
    {
        var seen = new HashSet<string>();
        foreach ((SyntaxNode place, Room other) in Imports(file, types))
        {
            // System is the ground that all stand on; what lies around a room needs no door.
            bool around = room.Path.StartsWith(other.Path, StringComparison.Ordinal);
            if (other.Name == "CoreLib" || around)
                continue;
            Door? door = room.Doors.FirstOrDefault(door => door.Room == other.Name);
            if (door is null)
                yield return file.At(place, $"{room.Name} may not import {other.Name}");
            else if (seen.Add(other.Name))
            {
                foreach (Finding finding in Misfits(file, room, door, types))
                    yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Misfits(SourceFile file, Room room, Door door, ILookup<string, string> types)
    {
        if (door.Types.Length == 0)
            yield break;
        HashSet<string> foreign = [.. types[door.Room].Except(types[room.Name]).Except(door.Types)];
        foreach (SimpleNameSyntax name in file.Nodes<SimpleNameSyntax>().Where(name => foreign.Contains(name.Identifier.Text)))
        {
            // A namespace may have a type's name: Serai.Machine.Interrupts is not Traps.Interrupts.
            if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is { Alias: null })
                continue;
            MemberAccessExpressionSyntax? access = name.Parent as MemberAccessExpressionSyntax;
            bool member = access?.Name == name && access.Expression.ToString().Split('.')[^1] != door.Room;
            bool single = access?.Expression == name && door.Types.Contains($"{name.Identifier.Text}.{access.Name.Identifier.Text}");
            if (!member && !single)
                yield return file.At(name, $"{room.Name} may not name {door.Room}.{name.Identifier.Text}");
        }
    }

    private static IEnumerable<(SyntaxNode Place, Room Room)> Imports(SourceFile file, ILookup<string, string> types)
    {
        foreach (UsingDirectiveSyntax directive in file.Nodes<UsingDirectiveSyntax>())
        {
            if (WallTable.OfName(directive.NamespaceOrType.ToString()) is Room room)
                yield return (directive, room);
        }
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (node is QualifiedNameSyntax or MemberAccessExpressionSyntax && !IsPartOfName(node) && Qualified(node.ToString(), types) is Room room)
                yield return (node, room);
        }
    }

    private static bool IsPartOfName(SyntaxNode node) =>
        node.Parent is QualifiedNameSyntax or BaseNamespaceDeclarationSyntax or UsingDirectiveSyntax
        || (node.Parent is MemberAccessExpressionSyntax access && access.Expression == node);

    // In full (Serai.Hypervisor.Frames.Frame), or seen from a sister (Frames.Frame).
    private static Room? Qualified(string name, ILookup<string, string> types)
    {
        if (name.StartsWith("Serai.", StringComparison.Ordinal))
            return WallTable.OfName(name);
        string[] parts = name.Split('.', 3);
        return parts.Length >= 2 && types[parts[0]].Contains(parts[1]) ? WallTable.Rooms.First(room => room.Name == parts[0]) : null;
    }

    private static ILookup<string, string> Types(SourceTree tree) =>
        (from file in tree.CSharp
         let room = WallTable.OfPath(file.Path)
         where room is not null
         from type in file.Nodes<BaseTypeDeclarationSyntax>()
         where type.Parent is not TypeDeclarationSyntax
         select (room.Name, type.Identifier.Text)).ToLookup(it => it.Name, it => it.Text);
}
