using System.Threading;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// What a processor does for another that waits for it: it forgets what it remembers of guests' memory.
/// </summary>
public static class ProcessorRequests
{
    /// <summary>Serves a request, if there is one. Runs without the lock: nothing of the processor's but what it remembers is touched.</summary>
    public static void Serve(ref ProcessorState processor)
    {
        ulong asked = Volatile.Read(ref processor.Request);
        if (asked == processor.Served)
            return;
        Tlb.FlushForOther(processor.Number);
        Volatile.Write(ref processor.Served, asked);
    }
}
