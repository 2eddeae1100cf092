using System;
using System.Collections.Generic;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Xunit;

namespace Serai.Hypervisor.Tests.Interrupts;

/// <summary>
/// Whatever a domain and its devices do, lines are masked and events wait as the model says, and no step takes more than two interrupts.
/// </summary>
public sealed class InterruptHistoryTests
{
    private static (string? Wrong, int Taken) Run(IEnumerable<InterruptStep> steps)
    {
        int done = 0;
        InterruptStep last = default;
        var world = new InterruptWorld();
        try
        {
            foreach (InterruptStep step in steps)
            {
                last = step;
                done++;
                world.Do(step);
            }
            world.Recount();
            return (null, world.Taken);
        }
        catch (Exception failure)
        {
            string[] trace = [.. (failure.StackTrace ?? "").Split('\n').Take(6)];
            return ($"step {done}, {last}: {failure.Message}\n{string.Join('\n', trace)}", world.Taken);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void LongHistoriesAgreeWithTheModel(int seed)
    {
        var random = new Random(seed);
        (string? wrong, int taken) = Run(Enumerable.Range(0, 5000).Select(_ => InterruptStep.Draw(random)));
        Assert.Null(wrong);
        Assert.True(taken > 150, $"only {taken} interrupts");
    }

    [Fact]
    public void AnyHistoryAgreesWithTheModel()
    {
        Gen<InterruptStep> step = Gen.Choose(0, int.MaxValue - 1).Select(seed => InterruptStep.Draw(new Random(seed)));
        Arbitrary<InterruptStep[]> histories = Arb.From(Gen.ArrayOf(step),
            steps => Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, index) => index != left).ToArray()));
        Prop.ForAll(histories, steps => Run(steps).Wrong is not { } wrong ? true.Label("") : false.Label(wrong))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(300));
    }
}
