using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The processor that asks: whichever the test says.</summary>
public static class CurrentProcessor
{
    /// <summary>Its number, from 0.</summary>
    public static uint Number => SimulatedProcessor.Number;
}
