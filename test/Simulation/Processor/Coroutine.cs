using System;

using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The second stack, simulated: what would run on it is done at once by the test's <see cref="Body"/>.</summary>
public static class Coroutine
{
    internal sealed class State
    {
        public Action? Body;
        public bool IsInside;
    }

    private static State My => SimulatedMachine.Present.Coroutine;

    /// <summary>log2 of the frames of the stack.</summary>
    public const int StackOrder = 4;

    /// <summary>What the second stack does when it is entered.</summary>
    public static ref Action? Body => ref My.Body;

    /// <summary>Whether the second stack is the one in use.</summary>
    public static bool IsInside => My.IsInside;

    /// <summary>Whether some processor is on the second stack.</summary>
    public static bool IsBusy => IsInside;

    /// <summary>Gives the task its stack.</summary>
    public static void Prepare(Mfn stack)
    {
    }

    /// <summary>Goes to the second stack.</summary>
    public static void Enter()
    {
        My.IsInside = true;
        Body?.Invoke();
        My.IsInside = false;
    }

    /// <summary>Goes back to the processor's own stack.</summary>
    public static void Leave() => My.IsInside = false;

    /// <summary>Lets interrupts take the stack away: none come.</summary>
    public static void Allow()
    {
    }

    /// <summary>Interrupts wait again.</summary>
    public static void Forbid()
    {
    }
}
