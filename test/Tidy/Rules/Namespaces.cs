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

    /// <summary>Files in src whose namespace is not Serai, the project and its first folder, or that open a block for it.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
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
