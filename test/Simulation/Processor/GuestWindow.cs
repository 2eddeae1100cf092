using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>SMAP: the simulated memory knows no rings.</summary>
public static class GuestWindow
{
    internal sealed class State
    {
        public bool IsGuarded;
    }

    /// <summary>Whether ring 0 is kept from guests' pages.</summary>
    public static ref bool IsGuarded => ref SimulatedMachine.Present.GuestWindow.IsGuarded;

    /// <summary>Makes the windows.</summary>
    public static void Guard() => IsGuarded = true;
}
