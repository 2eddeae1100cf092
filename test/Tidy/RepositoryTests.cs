using System;
using System.Collections.Generic;
using System.Linq;
using Serai.Tidy.Rules;
using Serai.Tidy.Sources;
using Xunit;

namespace Serai.Tidy;

/// <summary>Every rule, on the repository as it lies here.</summary>
public class RepositoryTests
{
    private static readonly Lazy<SourceTree> Tree = new(SourceTree.Repository);

    public static TheoryData<string> Names => [.. Rule.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheRepositoryKeepsTheRule(string name)
    {
        Rule rule = Rule.All.Single(rule => rule.Name == name);
        List<Finding> findings = [.. rule.Check(Tree.Value)];
        Assert.True(findings.Count == 0, $"{findings.Count} findings\n{string.Join('\n', findings)}");
    }

    [Fact]
    public void TheRepositoryWasFound() =>
        Assert.Contains(Tree.Value.Files, file => file.Path == "test/Tidy/RepositoryTests.cs");
}
