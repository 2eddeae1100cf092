using System;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Reports;
using Serai.Bench.Rows;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>What the harness reads: its own lists, the plugin's samples, the guests' consoles, the experiments' points.</summary>
public sealed class ReadingTests
{
    [Fact]
    public void TheRepositorysOwnRowsAndBootsAreSound()
    {
        var rows = RowFile.Parse(File.ReadLines("rows"));
        var boots = Boot.ParseAll(File.ReadLines("boots"));
        Assert.All(rows, row => Assert.Contains(boots, boot => boot.Guest == row.Guest));
        Assert.Equal(rows.Count, rows.Select(row => row.Number).Distinct().Count());
    }

    [Theory]
    [InlineData("256|micro|events|key|title")]
    [InlineData("1|micro|weather|key|title")]
    [InlineData("1|micro|events|key")]
    [InlineData("one|micro|events|key|title")]
    public void AWrongRowIsRefusedWithItsLine(string line)
        => Assert.Contains(line, Assert.Throws<InvalidDataException>(() => RowFile.Parse([line])).Message);

    [Fact]
    public void TwoRowsOfOneNumberOrKeyAreRefused()
    {
        Assert.Throws<InvalidDataException>(() => RowFile.Parse(["1|micro|events|a|t", "1|micro|events|b|t"]));
        Assert.Throws<InvalidDataException>(() => RowFile.Parse(["1|micro|events|a|t", "2|micro|events|a|t"]));
    }

    [Fact]
    public void RowsComeByTopicAndWordsChooseThem()
    {
        var rows = RowFile.Parse(["# words", "", "9|linux|files|c|t", "1|micro|events|a|t", "2|micro|hypercalls|b|t"]);
        Assert.Equal(["b", "a", "c"], rows.Select(row => row.Key));
        Assert.Equal(["a", "c"], Selection.Choose(rows, ["events", "c"]).Rows.Select(row => row.Key));
        Assert.Equal(3, Selection.Choose(rows, []).Rows.Count);
        Assert.Equal("weather", Selection.Choose(rows, ["a", "weather"]).Unknown);
    }

    [Fact]
    public void AGuestIsToldItsRowsAndItsConsole()
    {
        Boot boot = Boot.ParseAll(["linux|native serai|vmlinuz console={console} {rows},initramfs|512"])[0];
        Assert.True(boot.TakesRows);
        Assert.Equal(["vmlinuz console=ttyS0 bench.rows=a,b", "initramfs"], boot.Filled(TargetSystem.Native, "bench.rows=a,b"));
        Assert.Equal("vmlinuz console=hvc0", boot.Filled(TargetSystem.Serai, "")[0]);
    }

    [Theory]
    [InlineData("guest|serai|kernel")]
    [InlineData("guest|serai|kernel|much")]
    [InlineData("guest|serai|kernel|512|many")]
    [InlineData("guest|serai|kernel|512|1|words|-device edu|more")]
    public void AWrongBootIsRefusedWithItsLine(string line)
        => Assert.Contains(line, Assert.Throws<InvalidDataException>(() => Boot.ParseAll([line])).Message);

    [Fact]
    public void SamplesArePerOperationAndALineCutOffIsLeftOut()
    {
        CountsFile counts = CountsFile.Parse(["first 10 20 30", "sample 5 4 8 16 32", "sample 5 4 8 16 36", "address ff 7", "sample 5 4"]);
        Assert.Equal([new Sample(4, 2, 4, 8), new Sample(4, 2, 4, 9)], counts.Of(5));
        Assert.Equal(14, counts.Of(5)[0].Total);
        Assert.Equal(60, counts.UntilFirstMark?.Total);
        Assert.Equal(7ul, counts.Addresses[0xff]);
        Assert.Empty(counts.Of(6));
    }

    [Fact]
    public void AConsoleHasLinesAmongOthersAndAVerdict()
    {
        GuestConsole console = GuestConsole.Parse(
            ["(serai) a line", "(bench) BENCH key=stat operations=1024 nanoseconds=2048 check=00000000deadbeef\r", "PASS bench"]);
        Assert.True(console.Passed);
        Assert.Equal(new BenchLine("stat", 1024, 2048, "00000000deadbeef"), Assert.Single(console.Lines));
        Assert.Equal(2, console.Lines[0].Each);
    }

    [Theory]
    [InlineData("PASS bench", true)]
    [InlineData("nothing", false)]
    [InlineData("PASS bench\nFAIL fork", false)]
    [InlineData("PASS bench\nKernel panic - not syncing: no", false)]
    public void AGuestPassesWhenItSaysSoAndNothingFailed(string text, bool passed)
        => Assert.Equal(passed, GuestConsole.Parse(text.Split('\n')).Passed);

    [Fact]
    public void APointOfAnExperimentIsReadOrRefusedWithItsLine()
    {
        Point point = Assert.Single(
            Point.ParseAll("x", ["""{"topic":"domains","key":"k","system":"xen","x":16,"value":0.5,"unit":"u"}""", ""]));
        Assert.Equal(new Point("domains", "k", TargetSystem.Xen, 16, 0.5, "u"), point);
        Assert.Contains("{\"topic\"", Assert.Throws<InvalidDataException>(() => Point.ParseAll("x", ["{\"topic\":\"a\"}"])).Message);
    }

    [Fact]
    public void AKernelsVersionIsWhereItsHeaderSays()
    {
        byte[] image = new byte[0x400];
        image[0x20e] = 0x10;
        image[0x20f] = 0x01;
        "6.1\0"u8.CopyTo(image.AsSpan(0x310));
        Assert.Equal("6.1", Origin.KernelVersion(image));
        Assert.Equal("unknown", Origin.KernelVersion(new byte[10]));
    }
}
