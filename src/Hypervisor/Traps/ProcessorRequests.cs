using System.Threading;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// What a processor does for another that waits for it and holds the lock: it forgets what it remembers of guests' memory.
/// </summary>
public static class ProcessorRequests
{
    /// <summary>Serves a request, if there is one. Runs without the lock: the asker's holds the world still.</summary>
    public static void Serve(ref ProcessorState processor)
    {
        if (Volatile.Read(ref processor.Request) == 0)
            return;
        Tlb.FlushForOther();
        Volatile.Write(ref processor.Request, 0);
    }
}
