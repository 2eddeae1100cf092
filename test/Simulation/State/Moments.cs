using System;

namespace Serai.Simulation;

/// <summary>
/// The moments at which guests on other processors get on while the hypervisor holds its lock: whenever it looks at a table or at a guest's memory,
/// and while it waits for other processors. What happens then is the test's to say; nothing by default.
/// </summary>
public static class Moments
{
    internal sealed class State
    {
        public bool IsInside;
        public Action? Pass, WhileStopped;
    }

    private static State My => SimulatedMachine.Present.Moments;

    /// <summary>What happens in a moment.</summary>
    public static ref Action? Pass => ref My.Pass;

    /// <summary>What happens when a call has stopped and before it goes on: the lock is free then, and anybody may do anything.</summary>
    public static ref Action? WhileStopped => ref My.WhileStopped;

    /// <summary>A moment has come. What happens in it has no moments of its own.</summary>
    internal static void Come()
    {
        State my = My;
        if (my.Pass is null || my.IsInside)
            return;
        my.IsInside = true;
        try
        {
            my.Pass();
        }
        finally
        {
            my.IsInside = false;
        }
    }
}
