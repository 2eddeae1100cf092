using System;

using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The hypervisor's lock: tests run one processor's step at a time, so it is only held to its rules.</summary>
public static class HypervisorLock
{
    internal sealed class State
    {
        public bool IsHeld = true;
    }

    /// <summary>Whether somebody holds it. Tests call into the hypervisor past Entry.S, so they begin with it held.</summary>
    public static bool IsHeld
    {
        get => SimulatedMachine.Present.HypervisorLock.IsHeld;
        private set => SimulatedMachine.Present.HypervisorLock.IsHeld = value;
    }

    /// <summary>Takes the lock.</summary>
    public static void Acquire()
    {
        if (IsHeld)
            throw new InvalidOperationException("the lock is taken twice");
        IsHeld = true;
    }

    /// <summary>Gives the lock up.</summary>
    public static void Release()
    {
        if (!IsHeld)
            throw new InvalidOperationException("the lock is given up by one who does not hold it");
        IsHeld = false;
    }

    /// <summary>Takes the lock if it is free.</summary>
    public static bool TryAcquire()
    {
        bool free = !IsHeld;
        IsHeld = true;
        return free;
    }

    /// <summary>What follows needs the lock.</summary>
    public static void Demand()
    {
        if (!IsHeld)
            throw new InvalidOperationException("the lock is not held");
    }

    /// <summary>The same.</summary>
    public static void DemandInTests() => Demand();

    /// <summary>What follows must not have it.</summary>
    public static void DemandNone()
    {
        if (IsHeld)
            throw new InvalidOperationException("the lock is held");
    }
}
