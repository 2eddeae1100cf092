using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The processors beside the first: they are there at once.</summary>
public static class ApplicationProcessors
{
    internal sealed class State
    {
        public bool AreStopped;
    }

    /// <summary>Starts a processor.</summary>
    public static bool TryStart(ref ProcessorState processor)
    {
        processor.IsOnline = 1;
        return true;
    }

    /// <summary>Whether all others were stopped by one that has panicked.</summary>
    public static ref bool AreStopped => ref SimulatedMachine.Present.ApplicationProcessors.AreStopped;

    /// <summary>Stops every other processor for good.</summary>
    public static void StopOthers(Table<Link<ProcessorState>> processors) => AreStopped = true;

    /// <summary>No processor is given up.</summary>
    public static bool IsGivenUp(in ProcessorState processor) => processor.IsOnline > 1;

    /// <summary>The processor is there.</summary>
    public static bool TryArrive(ref ProcessorState processor) => (processor.IsOnline |= 1) == 1;
}
