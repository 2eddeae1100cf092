using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Bench.Experiments;

/// <summary>What a processor does between two times that it has the hypervisor's lock, and with it: instructions without it, then with it.</summary>
public readonly record struct Stretch(long Gap, long Hold);

/// <summary>
/// A processor of the model: its stretches, over and over. One that is a keeper does housework: where somebody had to wait for a hold of its, it stays
/// out for so many times as long (Hypervisor/Traps/Housework).
/// </summary>
public sealed record ModelProcessor(IReadOnlyList<Stretch> Trace, bool IsKeeper = false, long Politeness = 0);

/// <summary>What the model says: how fast the processors that are no keepers are, alone being 1; how much of the time the lock is held; the longest wait.</summary>
public sealed record ModelOutcome(double Speed, double Held, long LongestWait);

/// <summary>
/// Processors of one speed that share one lock: what 2 to 64 of them would get done, which no emulator tells, for it runs them in turns. What they do is
/// recorded of one (the sums of the checked image), or made up. Whoever waits has the lock next, in its order (a line, as of tickets), or any of them.
/// </summary>
public static class LockModel
{
    /// <summary>Lets them run for so many instructions of each.</summary>
    public static ModelOutcome Run(IReadOnlyList<ModelProcessor> processors, bool inLine, long duration, int seed = 1)
    {
        var random = new Random(seed);
        Runner[] runners = [.. processors.Select(it => new Runner(it, random))];
        long free = 0, held = 0, longest = 0;
        while (true)
        {
            Runner next = Choose(runners, free, inLine, random);
            long start = Math.Max(free, next.Wants), hold = next.Now.Hold;
            if (start >= duration)
                break;
            free = start + hold;
            held += hold;
            longest = next.Processor.IsKeeper ? longest : Math.Max(longest, start - next.Wants);
            next.GoOn(free, isWantedByOthers: runners.Any(it => it != next && it.Wants < free));
        }
        double[] speeds = [.. runners.Where(it => !it.Processor.IsKeeper).Select(it => (double)it.Done / duration)];
        return new ModelOutcome(speeds.Average(), (double)held / duration, longest);
    }

    private static Runner Choose(Runner[] runners, long free, bool inLine, Random random)
    {
        Runner first = runners.MinBy(it => it.Wants)!;
        Runner[] waiting = [.. runners.Where(it => it.Wants <= free)];
        return inLine || waiting.Length < 2 ? first : waiting[random.Next(waiting.Length)];
    }

    /// <summary>A lock that a guest wants after so many instructions on average, and holds for so many; the gaps are of every length.</summary>
    public static IReadOnlyList<Stretch> Draw(long gap, long hold, int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => new Stretch((long)(-Math.Log(1 - random.NextDouble()) * gap), hold))];
    }

    /// <summary>A table: the speed of 1 to 64 processors, and beside a keeper that gives way and one that does not.</summary>
    public static IReadOnlyList<string> Table(long gap, long hold, long duration)
    {
        var lines = new List<string> { $"gap {gap}, hold {hold}: processors, speed in line, speed in any order, beside a keeper, beside one without manners" };
        for (int count = 1; count <= 64; count *= 2)
        {
            ModelProcessor[] guests = [.. Enumerable.Range(0, count).Select(number => new ModelProcessor(Draw(gap, hold, 1000, number)))];
            ModelProcessor polite = new([new Stretch(12, 20_000)], IsKeeper: true, Politeness: 31), rude = new([new Stretch(12, 360_000)], IsKeeper: true);
            double[] speeds =
            [
                Run(guests, inLine: true, duration).Speed, Run(guests, inLine: false, duration).Speed,
                Run([.. guests, polite], inLine: false, duration).Speed, Run([.. guests, rude], inLine: false, duration).Speed,
            ];
            lines.Add(FormattableString.Invariant($"{count,2} {speeds[0]:0.000} {speeds[1]:0.000} {speeds[2]:0.000} {speeds[3]:0.000}"));
        }
        return lines;
    }

    private sealed class Runner
    {
        private int place;

        public Runner(ModelProcessor processor, Random random)
        {
            Processor = processor;
            place = random.Next(processor.Trace.Count);
            Wants = Now.Gap;
        }

        public ModelProcessor Processor { get; }

        public Stretch Now => Processor.Trace[place];

        /// <summary>When it wants the lock.</summary>
        public long Wants { get; private set; }

        /// <summary>Instructions of its own that are done.</summary>
        public long Done { get; private set; }

        /// <summary>It has had the lock until now.</summary>
        public void GoOn(long now, bool isWantedByOthers)
        {
            Done += Now.Gap + Now.Hold;
            long away = isWantedByOthers ? Processor.Politeness * Now.Hold : 0;
            place = (place + 1) % Processor.Trace.Count;
            Wants = now + Math.Max(Now.Gap, away);
        }
    }
}
