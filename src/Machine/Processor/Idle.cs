using System.Threading;

namespace Serai.Machine.Processor;

/// <summary>The places where interrupts are let in while the hypervisor runs: the lock is given up for as long.</summary>
public static class Idle
{
    /// <summary>Waits for an interrupt.</summary>
    public static void Wait()
    {
        HypervisorLock.Release();
        HypervisorLock.DemandNone();
        Instructions.WaitForInterrupt();
        HypervisorLock.Acquire();
    }

    /// <summary>Takes the interrupts that wait, and lets another processor that wants the lock have it.</summary>
    public static void TakeInterrupts(ref ProcessorState processor)
    {
        HypervisorLock.Release();
        HypervisorLock.DemandNone();
        Instructions.TakeInterrupts();
        for (int looks = 0; looks < ProcessorState.MostLooks && Volatile.Read(ref processor.LockWanted) != 0; looks++)
        {
            Instructions.Pause();
            Instructions.TakeInterrupts();
        }
        HypervisorLock.Acquire();
    }
}
