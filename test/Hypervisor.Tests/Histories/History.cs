using System;
using System.Collections.Generic;
using System.Linq;

using Xunit;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>Runs histories of steps, and makes one that fails as short as it will go.</summary>
internal static class History
{
    private static bool HasSplitTables(int processors) => processors is 3 or 5;

    /// <summary>Runs a history in a new world, looking after every `interval` steps and at the end; the first thing that is wrong, or null.</summary>
    public static string? Run(IReadOnlyList<MemoryStep> steps, int interval, bool interrupts = false, int processors = 1, bool deaths = false)
    {
        int done = 0;
        try
        {
            var world = new MemoryWorld(interrupts, processors, processors == 1 ? 2u : 3u, deaths, HasSplitTables(processors));
            foreach (MemoryStep step in steps)
            {
                world.Do(step);
                if (++done % interval == 0 && world.Look() is [var violation, ..])
                    return $"after {step} {violation} ({world.Last})";
            }
            if (world.Look() is [var last, ..])
                return $"at the end: {last}";
            world.EndAll();
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return $"after {done} steps: {failure.GetType().Name}: {failure.Message}{Environment.NewLine}{Where(failure)}";
        }
    }

    private static string Where(Exception failure)
        => string.Join(Environment.NewLine, (failure.StackTrace ?? "").Split('\n').Take(8).Select(line => line.TrimEnd()));

    /// <summary>
    /// A history by chance. A guest mostly goes on where it has just been: each change of guest flushes, and hides what is wrongly remembered.
    /// </summary>
    public static MemoryStep[] Draw(int seed, int length, bool deaths, int processors = 1, int life = MemoryStep.UsualLife)
    {
        var random = new Random(seed);
        var steps = new MemoryStep[length];
        if (processors > 1)
            return [.. steps.Select(_ => MemoryStep.DrawOfMany(random, deaths, life))];
        for (int index = 0; index < length; index++)
        {
            steps[index] = MemoryStep.Draw(random, deaths);
            if (index > 0 && random.Next(10) != 0)
                steps[index] = steps[index] with { Guest = steps[index - 1].Guest };
        }
        return steps;
    }

    /// <summary>Runs the history of a seed; if it fails, fails with a short history that does too.</summary>
    public static void Check(
        int seed, int length, bool deaths, int interval, bool interrupts = false, int processors = 1, int life = MemoryStep.UsualLife)
    {
        MemoryStep[] steps = Draw(seed, length, deaths, processors, life);
        if (Run(steps, interval, interrupts, processors, deaths) is not { } first)
            return;
        MemoryStep[] shortest = Shrink(steps, interrupts, processors, deaths);
        Assert.Fail($"seed {seed}, {processors} processors: {first}{Environment.NewLine}"
            + $"shrunk to {shortest.Length} steps: {Run(shortest, 1, interrupts, processors, deaths)}{Environment.NewLine}"
            + string.Join(Environment.NewLine, shortest));
    }

    /// <summary>Takes out halves, quarters, and so on down to single steps, as long as the rest still fails.</summary>
    private static MemoryStep[] Shrink(MemoryStep[] steps, bool interrupts, int processors, bool deaths)
    {
        for (int size = steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = 0; start < steps.Length;)
            {
                MemoryStep[] rest = [.. steps[..start], .. steps[Math.Min(start + size, steps.Length)..]];
                if (rest.Length < steps.Length && Run(rest, 1, interrupts, processors, deaths) is not null)
                    steps = rest;
                else
                    start += size;
            }
        }
        return steps;
    }
}
