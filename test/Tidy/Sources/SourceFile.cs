using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serai.Tidy.Sources;

/// <summary>A text of the repository, with its path from the root, parts separated by slashes.</summary>
public sealed class SourceFile(string path, string text)
{
    // FREESTANDING is what the image is compiled with, so that is the code to judge.
    private static readonly CSharpParseOptions options = new(LanguageVersion.Preview, preprocessorSymbols: ["FREESTANDING"]);

    private readonly Lazy<CompilationUnitSyntax> root = new(() => Parse(text));

    /// <summary>The path from the repository's root.</summary>
    public string Path { get; } = path;

    /// <summary>All of the text.</summary>
    public string Text { get; } = text;

    /// <summary>The lines without their ends; a last, empty one if the text ends with a line end.</summary>
    public string[] Lines { get; } = text.Split('\n');

    /// <summary>The last part of the path.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The path's extension, with its dot; empty if there is none.</summary>
    public string Extension => System.IO.Path.GetExtension(Path);

    /// <summary>Whether it is C#.</summary>
    public bool IsCSharp => Extension == ".cs";

    /// <summary>The syntax tree of a C# file.</summary>
    public CompilationUnitSyntax Root => root.Value;

    /// <summary>All nodes of a kind in a C# file.</summary>
    public IEnumerable<T> Nodes<T>() where T : SyntaxNode
    {
        foreach (SyntaxNode node in Root.DescendantNodes())
        {
            if (node is T wanted)
                yield return wanted;
        }
    }

    /// <summary>A finding at a piece of syntax.</summary>
    public Finding At(SyntaxNodeOrToken place, string reason) => At(place.GetLocation()!, reason);

    /// <summary>A finding at a place in the syntax tree.</summary>
    public Finding At(Location place, string reason) => new(Path, place.GetLineSpan().StartLinePosition.Line + 1, reason);

    /// <summary>A finding on a line, counted from 1.</summary>
    public Finding At(int line, string reason) => new(Path, line, reason);

    /// <summary>Whether the file lies in one of the folders, each given with a slash at its end.</summary>
    public bool IsIn(params ReadOnlySpan<string> folders)
    {
        foreach (string folder in folders)
        {
            if (Path.StartsWith(folder, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static CompilationUnitSyntax Parse(string text) =>
        CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot();
}
