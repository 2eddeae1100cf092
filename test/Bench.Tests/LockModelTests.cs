using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Experiments;
using Xunit;
using Xunit.Abstractions;

namespace Serai.Bench.Tests;

/// <summary>The model of processors that share the hypervisor's lock, where its answer is known.</summary>
public sealed class LockModelTests(ITestOutputHelper output)
{
    private const long Duration = 20_000_000;

    private static ModelProcessor[] Guests(int count, long gap, long hold)
        => [.. Enumerable.Range(0, count).Select(number => new ModelProcessor(LockModel.Draw(gap, hold, 1000, number)))];

    private static double SpeedBeside(ModelProcessor keeper, long gap, int count = 1)
        => LockModel.Run([.. Guests(count, gap, 120), keeper], inLine: false, Duration).Speed;

    private static ModelProcessor Keeper(long hold, long gap, long politeness) => new([new Stretch(gap, hold)], IsKeeper: true, politeness);

    [Fact]
    public void OneAloneWaitsForNobody()
    {
        ModelOutcome outcome = LockModel.Run(Guests(1, 9_000, 1_000), inLine: true, Duration);
        Assert.InRange(outcome.Speed, 0.999, 1.001);
        Assert.Equal(0, outcome.LongestWait);
        Assert.InRange(outcome.Held, 0.08, 0.12);
    }

    /// <summary>A lock that is held a tenth of the time of each serves ten; sixty-four get ten processors' work done, whoever is next.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyGetDoneWhatTheLockHasTimeFor(bool inLine)
    {
        Assert.InRange(LockModel.Run(Guests(2, 9_000, 1_000), inLine, Duration).Speed, 0.98, 1);
        Assert.InRange(LockModel.Run(Guests(64, 9_000, 1_000), inLine, Duration).Speed * 64, 9.5, 10.5);
    }

    /// <summary>A line changes who waits long, not how much is done.</summary>
    [Fact]
    public void ALineMakesTheLongestWaitShorterAndNobodyFaster()
    {
        ModelOutcome line = LockModel.Run(Guests(16, 9_000, 1_000), inLine: true, Duration);
        ModelOutcome any = LockModel.Run(Guests(16, 9_000, 1_000), inLine: false, Duration);
        Assert.InRange(line.LongestWait, 0, 15_000);
        Assert.True(any.LongestWait > line.LongestWait);
        Assert.InRange(line.Speed / any.Speed, 0.97, 1.03);
    }

    /// <summary>Housework without manners leaves a neighbour next to nothing, in a line too; with them, more than nine tenths.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void ANeighbourOfAKeeperHasNineTenthsOfItsSpeed(long gap)
    {
        ModelProcessor rude = Keeper(360_000, 12, 0), polite = Keeper(20_000, 12, 31), clearing = Keeper(1_500, 8_200, 31);
        Assert.True(SpeedBeside(rude, gap) < 0.3);
        Assert.True(SpeedBeside(polite, gap) > 0.9);
        Assert.True(SpeedBeside(clearing, gap) > 0.9);
        double alone = LockModel.Run(Guests(3, gap, 120), inLine: false, Duration).Speed;
        Assert.True(SpeedBeside(polite, gap, count: 3) > 0.9 * alone);
    }

    [Fact]
    public void TheTableHasALineForEachNumberOfProcessors()
    {
        IReadOnlyList<string> lines = LockModel.Table(20_000, 1_000, 5_000_000);
        Assert.Equal(8, lines.Count);
        foreach (string line in lines)
            output.WriteLine(line);
    }
}
