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

    /// <summary>Takes the interrupts that wait, and lets other processors have the lock.</summary>
    public static void TakeInterrupts()
    {
        HypervisorLock.Release();
        HypervisorLock.DemandNone();
        Instructions.TakeInterrupts();
        HypervisorLock.Acquire();
    }
}
