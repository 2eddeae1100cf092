using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>
/// The one lock of the hypervisor. Who runs C# in it holds the lock: Entry.S takes it on the way in and gives it up on the way into a guest; the
/// idle wait and a background task's interruptible stretches are the only C# outside it. So interrupts are off while it is held, and a processor
/// that waits for it serves what other processors ask of it meanwhile. Tickets keep the waiting in order.
/// </summary>
public static class HypervisorLock
{
    /// <summary>Takes the lock, once it is this processor's turn. Interrupts are off.</summary>
    [RuntimeImport("*", "AcquireLock"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Acquire();

    /// <summary>Gives the lock to who has waited longest.</summary>
    [RuntimeImport("*", "ReleaseLock"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Release();

    [RuntimeImport("*", "X64LockServes"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern uint Serves();

    /// <summary>Whether it is a ticket's turn; asked in the wait.</summary>
    public static bool IsTurnOf(uint ticket) => Serves() == ticket;
}
