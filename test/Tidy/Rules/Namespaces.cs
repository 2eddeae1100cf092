using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A folder is a noun and a namespace its name, so that a `using` says which wall it crosses.</summary>
public static class Namespaces
{
    private static readonly string[] Projects = ["Abi", "Machine", "Hypervisor", "GuestKit"];

    private const string HostedTests = "test/Hypervisor.Tests/";

    /// <summary>Folders of hosted tests that are no room's: for src/Machine and the machine of all tests; for what goes through all rooms.</summary>
    private static readonly string[] NoRooms = ["Machine", "Histories"];

    /// <summary>
    /// Files in src whose namespace is not Serai, the project and its first folder, or that open a block for it; hosted tests that do not lie in a
    /// folder with the name of the room that they test, or whose namespace is not the folder's.
    /// </summary>
    public static IEnumerable<Finding> Check(SourceTree tree) => CheckSources(tree).Concat(CheckTests(tree));

    private static IEnumerable<Finding> CheckTests(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn(HostedTests)))
        {
            string[] parts = file.Path[HostedTests.Length..].Split('/');
            if (parts.Length == 1)
                continue;
            if (!NoRooms.Contains(parts[0]) && !WallTable.FromTheTop.Contains(parts[0]))
                yield return file.At(1, $"{parts[0]} is no room of src/Hypervisor");
            foreach (FileScopedNamespaceDeclarationSyntax declared in file.Nodes<FileScopedNamespaceDeclarationSyntax>())
            {
                if (declared.Name.ToString() != $"Serai.Hypervisor.Tests.{parts[0]}")
                    yield return file.At(declared, $"{declared.Name} is not Serai.Hypervisor.Tests.{parts[0]}");
            }
        }
    }

    private static IEnumerable<Finding> CheckSources(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn("src/") && !file.IsIn("src/CoreLib/")))
        {
            foreach (NamespaceDeclarationSyntax block in file.Nodes<NamespaceDeclarationSyntax>())
                yield return file.At(block, "a namespace without a block saves a level everywhere");
            string[] parts = file.Path.Split('/');
            if (!Projects.Contains(parts[1]))
                continue;
            foreach (FileScopedNamespaceDeclarationSyntax declared in file.Nodes<FileScopedNamespaceDeclarationSyntax>())
            {
                string[] folders = parts[2..^1];
                string name = declared.Name.ToString();
                bool fits = Enumerable.Range(0, folders.Length + 1).Any(depth => name == Expected(parts[1], folders[..depth]));
                bool deepEnough = folders.Length == 0 || parts[1] != "Hypervisor" || name != Expected(parts[1], []);
                if (!fits || !deepEnough)
                    yield return file.At(declared, $"{name} is not {Expected(parts[1], folders[..Math.Min(1, folders.Length)])}");
            }
        }
    }

    private static string Expected(string project, string[] folders) => string.Join('.', ["Serai", project, .. folders]);
}
