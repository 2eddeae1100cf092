using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>
/// The one lock of the hypervisor. Who runs C# in it that touches more than its own virtual CPU holds the lock: it is taken on the way in and given
/// up on the way into a guest. What is outside it is tried on the way in (Traps/Entry), or lets interrupts in: the idle wait, and a background
/// task's stretches. So interrupts are off while it is held, and a processor that waits for it serves what others ask of it meanwhile. Nobody's
/// turn is kept: on a machine that is itself a guest the next in a line may be stopped for long, and all behind it with it.
/// </summary>
public static class HypervisorLock
{
    /// <summary>Takes the lock, once nobody else holds it. Interrupts are off.</summary>
    [RuntimeImport("*", "AcquireLock"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Acquire();

    /// <summary>Gives the lock up.</summary>
    [RuntimeImport("*", "ReleaseLock"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Release();

    [RuntimeImport("*", "X64TryLock"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryLock();

    /// <summary>What follows needs the lock: the checked image panics where this processor does not hold it; else it is nothing.</summary>
    public static void Demand()
    {
        if (LockWatch.IsOn)
            LockWatch.DemandHeld();
    }

    /// <summary>
    /// The same where it is asked so often that the checked image would be another machine: the hosted tests alone refuse it there.
    /// </summary>
    public static void DemandInTests()
    {
    }

    /// <summary>The reverse, before interrupts are let in.</summary>
    public static void DemandNone()
    {
        if (LockWatch.IsOn)
            LockWatch.DemandFree();
    }

    /// <summary>Takes the lock if it is free; for the wait.</summary>
    public static bool TryAcquire() => TryLock() == 0;
}
