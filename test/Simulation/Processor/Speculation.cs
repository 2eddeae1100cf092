using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>What speculation could carry from one domain to the next: the journal tells when it is emptied.</summary>
public static class Speculation
{
    internal sealed class State
    {
        public Leaks Leaks;
        public (bool Predictions, bool Cache, bool Buffers) Forgets;
    }

    private static State My => SimulatedMachine.Present.Speculation;

    /// <summary>What the simulated processor leaks.</summary>
    public static ref Leaks Leaks => ref My.Leaks;

    /// <summary>What is emptied when the domain changes.</summary>
    public static ref (bool Predictions, bool Cache, bool Buffers) Forgets => ref My.Forgets;

    /// <summary>Splits tables where that is asked for or needed.</summary>
    public static void Close(Defence choice)
        => SplitTables.AreOn = choice == Defence.On || (choice == Defence.AsNeeded && (Leaks & Leaks.Mapped) != 0);

    /// <summary>Finds out what the processor offers.</summary>
    public static void Initialise()
    {
    }

    /// <summary>Leaves nothing of the domain that ran for the one that comes.</summary>
    public static void Forget() => Journal.Write(Act.ForgetSpeculation);
}
