using System.Collections.Generic;
using System.Linq;
using Serai.Tidy.Rules;
using Serai.Tidy.Sources;
using Xunit;

namespace Serai.Tidy.Samples;

/// <summary>A rule that cannot fail is worth nothing: each is shown to find what it should, where it is, and nothing else.</summary>
public class SampleTests
{
    public static TheoryData<Sample> All => [.. TextSamples.All, .. CodeSamples.All, .. WallSamples.All, .. AbiSamples.All];

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void ASampleHasTheFindingsItShould(Sample sample)
    {
        Rule rule = Rule.All.Single(rule => rule.Name == sample.Rule);
        IEnumerable<string> found = rule.Check(SourceTree.Of(sample.Files)).Select(finding => $"{finding.Path}:{finding.Line}");
        Assert.Equal(sample.Expected.Order(), found.Order());
    }

    [Fact]
    public void EveryRuleHasABadAndAGoodSample()
    {
        string[] rules = [.. Rule.All.Select(rule => rule.Name).Order()];
        Sample[] samples = [.. from object[] row in All select (Sample)row[0]];
        Assert.Equal(rules, samples.Where(sample => sample.Expected.Length != 0).Select(sample => sample.Rule).Distinct().Order());
        Assert.Equal(rules, samples.Where(sample => sample.Expected.Length == 0).Select(sample => sample.Rule).Distinct().Order());
    }

    [Fact]
    public void AFindingReadsLikeACompilers() => Assert.Equal("a/b.cs:7: why", new Finding("a/b.cs", 7, "why").ToString());
}
