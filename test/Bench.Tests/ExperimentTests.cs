using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>What experiments make of what guests say, without booting any.</summary>
public sealed class ExperimentTests
{
    private const string Alone = "(w1) WORK workers=1 portions=300 nanoseconds=2000000000 sum=0xab";

    [Fact]
    public void WorkOfAWindowIsAddedUpByTheNumberOfWorkers()
        => Assert.Equal([new WorkDone(1, 150), new WorkDone(2, 333.3333)], WorkDone.Add(
        [
            "(w2) WORK workers=2 portions=400 nanoseconds=3000000000 sum=0xab", "(serai) something else", Alone,
            "(w1) WORK workers=2 portions=600 nanoseconds=3000000000 sum=0xab\r",
        ])!);

    [Theory]
    [InlineData("")]
    [InlineData("(w1) WORK workers=2 portions=600 nanoseconds=3000000000 sum=0xab")]
    [InlineData("(w1) WORK workers=1 portions=0 nanoseconds=3000000000 sum=0xab")]
    public void WorkOfWhichSomeIsMissingCountsForNothing(string line) => Assert.Null(WorkDone.Add([line]));

    [Fact]
    public void WorkWithAnotherResultCountsForNothing()
        => Assert.Null(WorkDone.Add([Alone, "WORK workers=2 portions=1 nanoseconds=1 sum=0xab", "WORK workers=2 portions=1 nanoseconds=1 sum=0xcd"]));

    [Fact]
    public void APointIsALineThatReadsAsItWasWritten()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "of the last time");
            var points = new PointFile(path, "domains");
            points.Add("the hypervisor's memory", TargetSystem.Xen, 4, 16.25, "KiB", decimals: 1);
            points.Add("a series", TargetSystem.Serai, 1, 1922686, "instructions");
            string[] lines = File.ReadAllLines(path);
            Assert.Equal(
                """{"topic": "domains", "key": "a series", "system": "serai", "x": 1, "value": 1922686, "unit": "instructions"}""", lines[1]);
            Assert.Equal(new Point("domains", "the hypervisor's memory", TargetSystem.Xen, 4, 16.2, "KiB"), Point.ParseAll("x", lines)[0]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ExperimentsHaveNamesOfTheirOwnInTheirOrder()
        => Assert.Equal(Experiment.All.Select(it => it.Name).Distinct().Order(), Experiment.All.Select(it => it.Name));

    [Fact]
    public void ABootWithoutAConsoleCannotBeReadAgain()
    {
        string output = Directory.CreateTempSubdirectory("serai-bench-").FullName;
        try
        {
            var laboratory = new Laboratory(output, isQuick: true, replays: true);
            Assert.Contains("nothing to read again", Assert.Throws<InvalidDataException>(() => new Isolation().Run(laboratory)).Message);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }
}
