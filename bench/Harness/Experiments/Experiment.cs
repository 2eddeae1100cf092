using System.Collections.Generic;

namespace Serai.Bench.Experiments;

/// <summary>An experiment, most with many guests: run when it is named, and with --all; what it measures it leaves in out/bench/NAME.jsonl.</summary>
public abstract class Experiment
{
    /// <summary>Every experiment there is, by name.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
        [
            new Concurrency(), new Creation(), new Death(), new Growth(), new Isolation(), new LockTimes(), new Porting(), new Scalability(),
        ];

    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What tools/run/bench.sh has to prepare for it, a function prepare_WORD each.</summary>
    public abstract IReadOnlyList<string> Needs { get; }

    /// <summary>Boots and measures. Where guests do not do what they should, an InvalidDataException or a machine's own names the console.</summary>
    public abstract void Run(Laboratory laboratory);
}
