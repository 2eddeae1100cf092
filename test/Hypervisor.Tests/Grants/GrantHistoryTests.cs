using System;
using System.Collections.Generic;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Xunit;
using Xunit.Abstractions;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>
/// Whatever four domains do with grants, honest or not, every answer and every count is what the model says, and when they have died every frame is
/// free.
/// </summary>
public sealed class GrantHistoryTests(ITestOutputHelper output)
{
    private static GrantStep[] Draw(int seed, int length, bool deaths)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => GrantStep.Draw(random, deaths))];
    }

    private static string? Run(IReadOnlyList<GrantStep> steps, int order, Dictionary<string, int>? reached = null)
    {
        var world = new GrantWorld();
        try
        {
            foreach (GrantStep step in steps)
            {
                if (world.Do(step) is { } wrong)
                    return $"after {step} {wrong}";
            }
            return world.End(order);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return failure.ToString();
        }
        finally
        {
            foreach ((string what, int count) in world.Reached)
            {
                if (reached is not null)
                    reached[what] = reached.GetValueOrDefault(what) + count;
            }
        }
    }

    private static void Check(int seed, int length, bool deaths)
    {
        GrantStep[] steps = Draw(seed, length, deaths);
        if (Run(steps, seed) is not { } wrong)
            return;
        GrantStep[] shortest = Shrink(steps, seed);
        Assert.Fail($"seed {seed}: {wrong}{Environment.NewLine}shrunk to {Run(shortest, seed)}{Environment.NewLine}"
            + string.Join(Environment.NewLine, shortest));
    }

    private static GrantStep[] Shrink(GrantStep[] steps, int order)
    {
        for (int size = steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = 0; start < steps.Length;)
            {
                GrantStep[] rest = [.. steps[..start], .. steps[Math.Min(start + size, steps.Length)..]];
                if (rest.Length < steps.Length && Run(rest, order) is not null)
                    steps = rest;
                else
                    start += size;
            }
        }
        return steps;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AnyHistoryIsAsTheModelSays(int seed) => Check(seed, 1500, deaths: false);

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    [InlineData(105)]
    [InlineData(106)]
    public void AnyHistoryWithDeathsIsAsTheModelSays(int seed) => Check(seed, 250, deaths: true);

    [Fact]
    public void AnyShortHistoryIsAsTheModelSays()
    {
        Gen<GrantStep> step = Gen.Choose(0, int.MaxValue - 1).Select(seed => GrantStep.Draw(new Random(seed), deaths: true));
        Arbitrary<GrantStep[]> histories = Arb.From(Gen.ArrayOf(step), Shorter);
        Prop.ForAll(histories, steps => Run(steps, steps.Length) is not { } wrong ? true.Label("") : false.Label(wrong))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(120));
    }

    private static IEnumerable<GrantStep[]> Shorter(GrantStep[] steps)
        => Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, index) => index != left).ToArray());

    /// <summary>One of each kind; SERAI_GRANT_SEEDS=from-to runs many, for an evening.</summary>
    [Fact]
    public void MoreOnDemand()
    {
        string[] range = (Environment.GetEnvironmentVariable("SERAI_GRANT_SEEDS") ?? "1000-1002").Split('-');
        for (int seed = int.Parse(range[0]); seed < int.Parse(range[1]); seed++)
            Check(seed, seed % 2 == 0 ? 1500 : 250, deaths: seed % 2 == 1);
    }

    /// <summary>The histories would show nothing if all they ask for were refused.</summary>
    [Fact]
    public void HistoriesReachWhatTheyShould()
    {
        var reached = new Dictionary<string, int>();
        for (int seed = 1; seed <= 4; seed++)
            Assert.Null(Run(Draw(seed, 1500, deaths: true)[..(seed * 375)], seed, reached));
        foreach ((string what, int count) in reached.OrderBy(it => it.Key))
            output.WriteLine($"{count,6} {what}");
        string[] musts =
        [
            "map: Okay", "map: GeneralError", "map: BadPage", "map: BadDomain", "map: BadGrantRef", "unmap: Okay", "unmap: GeneralError",
            "unmap: BadHandle", "unmap: BadDeviceAddress", "replace: Okay", "copy: Okay", "copy: GeneralError", "copy: BadPage",
            "transfer: Okay", "transfer: GeneralError", "transfer: BadPage", "swap: Okay", "swap: Again", "write: True", "write: False",
            "touch: True", "touch: False", "pin: True", "pin: False", "give up: True",
        ];
        Assert.Equal([], musts.Where(what => !reached.ContainsKey(what)));
    }
}
