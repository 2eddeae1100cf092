using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>A larger page of as many frames as a test wants, so that what is done by such pages has many parts in a small memory.</summary>
public static class LargePage
{
    internal sealed class State
    {
        public int Order = 9;
    }

    /// <summary>log2 of its frames; 9, as on machines, where the test says nothing else.</summary>
    public static ref int Order => ref SimulatedMachine.Present.LargePage.Order;
}
