using System.Threading;

using Serai.Machine.Clock;

namespace Serai.Machine.Processor;

/// <summary>The places where interrupts are let in while the hypervisor runs: the lock is given up for as long.</summary>
public static class Idle
{
    /// <summary>So often at most <see cref="StayOut"/> looks, whatever the clock says.</summary>
    private const int MostLooksOutside = 1 << 17;

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
        Leave();
        Return(ref processor);
    }

    /// <summary>Gives the lock up, until <see cref="Return"/>.</summary>
    public static void Leave()
    {
        HypervisorLock.Release();
        HypervisorLock.DemandNone();
    }

    /// <summary>
    /// Between <see cref="Leave"/> and <see cref="Return"/>: takes interrupts for so many ticks of the time-stamp counter, or until the processor is
    /// given work.
    /// </summary>
    public static void StayOut(in ProcessorState processor, ulong ticks)
    {
        ulong begun = TimeSource.Now;
        for (int looks = 0; looks < MostLooksOutside && Duration.Between(begun, TimeSource.Now) < ticks; looks++)
        {
            Instructions.TakeInterrupts();
            if (processor.Work != ProcessorWork.None)
                return;
            Instructions.Pause();
        }
    }

    /// <summary>Takes the interrupts that wait and then the lock, once nobody else wants it that waits already.</summary>
    public static void Return(ref ProcessorState processor)
    {
        Instructions.TakeInterrupts();
        for (int looks = 0; looks < ProcessorState.MostLooks && Volatile.Read(ref processor.LockWanted) != 0; looks++)
        {
            Instructions.Pause();
            Instructions.TakeInterrupts();
        }
        HypervisorLock.Acquire();
    }
}
