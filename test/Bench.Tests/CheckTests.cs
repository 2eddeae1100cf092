using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>When a run fails: a guest that did not do the work. No figure fails it.</summary>
public sealed class CheckTests
{
    private const string Line = "BENCH key=null-syscall operations=4 nanoseconds=9 check=0000000000000001";

    private static readonly CountsFile OneSample = CountsFile.Parse(["sample 64 4 1 1 1"]);

    [Fact]
    public void ABootWithAllSamplesAndLinesIsContent() => Assert.Empty(Found(null, [Line, "PASS bench"], OneSample, 1));

    [Fact]
    public void AGuestThatDoesNotPassIsNamed()
        => Assert.Equal(["linux on Serai: the guest did not say PASS bench"], Found(null, [Line], OneSample, 1));

    [Fact]
    public void WhatTheGuestSaysWentWrongIsTold()
        => Assert.Contains("linux on Serai: the guest said 'FAIL fork'", Found(null, [Line, "FAIL fork"], OneSample, 1));

    [Fact]
    public void AMachineThatDoesNotEndIsTold()
        => Assert.Equal(["linux on Serai: did not end within 9 s"], Found("did not end within 9 s", [Line, "PASS bench"], OneSample, 1));

    [Fact]
    public void AMissingSampleAndAMissingLineAreTold() => Assert.Equal(
        ["linux on Serai: row null-syscall has 1 samples, not 2", "linux on Serai: row null-syscall printed 1 lines, not 2"],
        Found(null, [Line, "PASS bench"], OneSample, 2));

    [Fact]
    public void ARowWithoutAnySampleIsToldThoughNobodyKnowsHowManyThereShouldBe()
        => Assert.Single(Found(null, ["PASS bench"], CountsFile.Parse([]), null));

    [Fact]
    public void WhereInstructionsAreNotCountedOnlyLinesAreMissed() => Assert.Empty(Found(null, [Line, "PASS bench"], null, 1));

    [Fact]
    public void WorkWithAnotherResultElsewhereOrInAnotherRepetitionIsTold()
    {
        Results equal = Samples.Of(Native("01", 5, 6), Samples.Timed(Samples.Call, TargetSystem.Xen, "01", 7));
        Assert.Empty(Checks.Sums(equal));
        Results elsewhere = Samples.Of(Native("01", 5), Samples.Timed(Samples.Call, TargetSystem.Xen, "02", 7));
        Assert.Equal("row null-syscall: the check differs: native 01, Xen 02", Assert.Single(Checks.Sums(elsewhere)));
        Results later = Samples.Of(Samples.Timed(Samples.Call, TargetSystem.Xen, "01", 5), Samples.Timed(Samples.Call, TargetSystem.Xen, "02", 5));
        Assert.Single(Checks.Sums(later));
    }

    private static Measured Native(string check, params long[] times) => Samples.Timed(Samples.Call, TargetSystem.Native, check, times);

    private static string[] Found(string? machine, string[] console, CountsFile? counts, int? each)
        => [.. Checks.Boot(TargetSystem.Serai, "linux", machine, GuestConsole.Parse(console), counts, [Samples.Call], each)];
}
