using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Plots;
using Serai.Bench.Reports;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>What the harness tells: tables, targets, JSON, plots, and the page of documentation.</summary>
public sealed class ReportTests
{
    private static readonly Origin Somewhere = new(
        "qemu", new Dictionary<string, string> { ["Xen"] = "4.17" }, "abc1234", DateTime.UnixEpoch, "./run bench");

    private static readonly ExperimentResults Growth = new("growth", DateTime.UnixEpoch,
    [
        new Point("growth", "growth: switch", TargetSystem.Serai, 1, 10, "instructions"),
        new Point("growth", "growth: switch", TargetSystem.Serai, 128, 11.5, "instructions"),
        new Point("growth", "growth: switch", TargetSystem.Xen, 1, 20, "instructions"),
    ]);

    [Fact]
    public void NothingIsLeftOutAndTheMiddleIsAWholeSample()
    {
        Measured found = Samples.Counted(Samples.Call, TargetSystem.Xen, 690, 676, 700);
        Assert.Equal(690, found.Middle!.Hypervisor);
        Assert.Equal(new Spread(996, 1010, 1020), found.Instructions);
        Assert.Equal(24.0 / 1010, found.Instructions.Relative);
    }

    [Fact]
    public void ARowOfLinuxIsBesideNativeAndASpreadAboveOnePercentIsShown()
    {
        string[] line = Words(Table("processes"), "null system call");
        Assert.Equal(["320", "300", "436", "300", "116", "1.36", "996", "300", "676", "3.11", "0.17", "1.4", "%"], line[3..]);
    }

    [Fact]
    public void ARowOfHypervisorsAloneIsWhatTheyExecute()
        => Assert.Equal(["365", "486", "0.75"], Words(Table("events"), "event sent")[2..]);

    [Fact]
    public void UserModeLinuxIsBesideNativeWithItsTotalAndNoParts()
    {
        Results results = Samples.Of([.. Samples.Systems, TargetSystem.Uml],
            Samples.Counted(Samples.Call, TargetSystem.Native, 0), Samples.Counted(Samples.Call, TargetSystem.Uml, 21680));
        Assert.Equal(["22000", "68.75"], Words(Table(results, "processes"), "null system call")[^3..^1]);
        Assert.DoesNotContain(new Targets(results).Outcomes(), outcome => outcome.Missed.Count > 0);
    }

    [Fact]
    public void UserModeLinuxAloneHasATable()
    {
        Results results = Samples.Of([TargetSystem.Uml], Samples.Counted(Samples.Call, TargetSystem.Uml, 21680));
        Assert.Equal(["22000", "-"], Words(Table(results, "processes"), "null system call")[^2..]);
    }

    [Fact]
    public void TargetsNameTheRowsThatMiss()
    {
        var outcomes = new Targets(Samples.Typical()).Outcomes().ToDictionary(outcome => outcome.Words);
        Targets.Outcome half = outcomes["instructions in the hypervisor: at most half of Xen's"];
        Assert.Equal((2, "event-send 0.75"), (half.Rows, Assert.Single(half.Missed)));
        Assert.Empty(outcomes["null-syscall: at most 1.5 of native"].Missed);
        Assert.Empty(outcomes["in all: nearer to native than Xen"].Missed);
    }

    [Fact]
    public void TimesAreShownWithTheLeastAndTheMost()
    {
        Results results = Samples.Of(Samples.Timed(Samples.Call, TargetSystem.Native, "01", 200_000, 210_000, 250_000),
            Samples.Timed(Samples.Call, TargetSystem.Serai, "01", 420_000));
        using var writer = new StringWriter();
        new TimeTables(results).Print(writer, "processes");
        Assert.Equal(["210", "200-250", "420", "420-420", "2.00"], Words(writer.ToString(), "null system call")[3..]);
    }

    [Fact]
    public void TheJSONHasEverySample()
    {
        string text = JsonReport.Write(new Settings(), Somewhere, Samples.Typical(), [Growth], ["a problem"]);
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Assert.Equal(JsonReport.Schema, root.GetProperty("schema").GetString());
        JsonElement call = root.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("key").GetString() == "null-syscall");
        Assert.Equal(3, call.GetProperty("systems").GetProperty("xen").GetProperty("samples").GetArrayLength());
        Assert.Equal(3, root.GetProperty("experiments")[0].GetProperty("points").GetArrayLength());
        Assert.Equal("a problem", root.GetProperty("problems")[0].GetString());
    }

    [Fact]
    public void PlotsAreXMLAndTheSameEachTime()
    {
        var chart = new TopicChart(Samples.Typical(), false);
        foreach (string? picture in (string?[])[chart.Draw("processes"), chart.Draw("events"), LineChart.Draw(Growth)])
            Assert.Equal("svg", XDocument.Parse(picture!).Root!.Name.LocalName);
        Assert.Equal(chart.Draw("processes"), new TopicChart(Samples.Typical(), false).Draw("processes"));
        Assert.Null(chart.Draw("files"));
    }

    [Theory]
    [InlineData(4.12, 6, 5)]
    [InlineData(0.93, 6, 1)]
    [InlineData(1234567, 5, 1500000)]
    public void AnAxisEndsAtARoundNumber(double most, int marks, double end) => Assert.Equal(end, new Axis(most, 100, marks).Most, 6);

    [Fact]
    public void AnExperimentHasALineASeriesAndSystem()
    {
        using var writer = new StringWriter();
        ExperimentTables.Print(writer, Growth);
        Assert.Equal(["switch", "Serai", "10", "11.5", "instructions"], Words(writer.ToString(), "switch"));
    }

    [Fact]
    public void APageKeepsWhatIsWrittenByHand()
    {
        var page = new Document("before\n<!-- bench:a -->\nold\n<!-- /bench -->\nafter\n<!-- bench:b -->\nkept\n<!-- /bench -->\n");
        page.Put("a", "new\n");
        page.Put("c", "nowhere");
        Assert.Equal("before\n<!-- bench:a -->\nnew\n<!-- /bench -->\nafter\n<!-- bench:b -->\nkept\n<!-- /bench -->\n", page.Text);
        Assert.Equal(["c"], page.Missing);
    }

    [Fact]
    public void TheCommandLineIsReadOrRefused()
    {
        Settings settings = Settings.Parse(["--mode", "wall", "--rounds", "7", "--systems", "serai,xen", "files"]);
        Assert.False(settings.CountsInstructions);
        Assert.Equal((7, 2, "files"), (settings.Rounds, settings.Systems.Count, settings.Words[0]));
        Assert.True(Settings.Parse(["--quick"]).Quick);
        foreach (string[] wrong in (string[][])[["--mode", "fast"], ["--rounds", "0"], ["--systems", "hurd"], ["--rounds"], ["--what", "1"]])
            Assert.Throws<InvalidDataException>(() => Settings.Parse(wrong));
    }

    private static string Table(string topic) => Table(Samples.Typical(), topic);

    private static string Table(Results results, string topic)
    {
        using var writer = new StringWriter();
        new InstructionTables(results).Print(writer, topic);
        return writer.ToString();
    }

    private static string[] Words(string table, string title)
        => table.Split('\n').First(line => line.StartsWith(title, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
