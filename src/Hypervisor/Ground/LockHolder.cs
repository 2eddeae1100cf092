using System.Threading;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.Ground;

/// <summary>Since when the present holder of the lock is the cause of others' waits (LockWait, in Scheduling).</summary>
public static class LockHolder
{
    /// <summary>System time: what went before has been paid for, or was nobody's.</summary>
    public static ref ulong Since => ref GroundState.Now.LockHolderSince;

    /// <summary>
    /// The holder is about to give the lock up, and not into its guest (it idles, or works in the background): whoever has it next is not the cause
    /// of what others have waited until now.
    /// </summary>
    public static void Leave(ref ProcessorState processor)
    {
        if (Volatile.Read(ref processor.LockWanted) != 0)
            Since = SystemTime.Now;
    }
}
