using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Mutate;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// The faults of test/Mutations fit the sources: each stretch stands in its file once, so `./run mutate` can put it in; and each word of `tests` is
/// part of some hosted test's full name, so it finds tests to ask first.
/// </summary>
public static class MutationTable
{
    private const string Folder = "test/Mutations/", HostedTests = "test/Hypervisor.Tests/";

    /// <summary>Lists that are not as they must be, and mutations that do not fit.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        IEnumerable<ClassDeclarationSyntax> classes = tree.CSharp.Where(file => file.IsIn(HostedTests))
            .SelectMany(file => file.Nodes<ClassDeclarationSyntax>());
        string[] tests = [.. TestsOf([.. classes])];
        foreach (SourceFile list in tree.Files.Where(file => file.IsIn(Folder)))
        {
            List<Mutation> mutations = [];
            string? broken = null;
            try
            {
                mutations.AddRange(MutationList.Parse(list.Text, list.Path));
            }
            catch (InvalidDataException fault)
            {
                broken = fault.Message;
            }
            if (broken is not null)
                yield return list.At(1, broken);
            foreach (Mutation mutation in mutations)
            {
                string? misfit = tree.Find(mutation.File) is SourceFile source ? mutation.Misfit(source.Text) : $"there is no file {mutation.File}";
                string? lost = mutation.Tests.Split(' ').FirstOrDefault(word => !tests.Any(test => test.Contains(word, StringComparison.Ordinal)));
                misfit ??= mutation.Tests.Length == 0 || lost is null ? null : $"there are no hosted tests '{lost}'";
                if (misfit is not null)
                    yield return list.At(LineOf(list, mutation), misfit);
            }
        }
    }

    /// <summary>The full names of all tests, those that a class has from another one that it derives from included.</summary>
    private static IEnumerable<string> TestsOf(ClassDeclarationSyntax[] classes)
    {
        ILookup<string, string> own = classes.SelectMany(it => it.Members.OfType<MethodDeclarationSyntax>().Where(IsTest), (it, test) => (it, test))
            .ToLookup(pair => pair.it.Identifier.Text, pair => pair.test.Identifier.Text);
        foreach (ClassDeclarationSyntax it in classes.Where(it => !it.Modifiers.Any(SyntaxKind.AbstractKeyword)))
        {
            IEnumerable<string> bases = it.BaseList?.Types.Select(type => type.Type.ToString()) ?? [];
            foreach (string test in bases.Prepend(it.Identifier.Text).SelectMany(name => own[name]).Distinct())
                yield return $"{(it.Parent as BaseNamespaceDeclarationSyntax)?.Name}.{it.Identifier}.{test}";
        }
    }

    private static bool IsTest(MethodDeclarationSyntax method)
        => method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory");

    private static int LineOf(SourceFile list, Mutation mutation) => list.Lines.ToList().IndexOf("## " + mutation.Name) + 1;
}
