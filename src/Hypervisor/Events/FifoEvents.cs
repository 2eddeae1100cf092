using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Events;

/// <summary>
/// The FIFO form: an event word for each port, and for each virtual CPU sixteen queues of ports linked through their words.
///
/// Theory. Hypervisor and guest share each queue without a lock: one appends at the tail, the other takes from the head. A port is in at most one
/// queue, and LINKED says that it is in one: only the hypervisor sets LINKED, only the guest clears it, together with the link. To append is to
/// name the port in the tail's word if, in the same atomic step, the tail is still linked. If it is not, the guest has emptied the queue: the port
/// becomes the head, and the queue's ready bit tells the guest to look there. PENDING is set before or with LINKED, the guest clears LINKED before
/// it looks at PENDING: so an event raised while its port is still linked is seen by the guest that takes it out.
///
/// The words are the guest's memory. What it writes there can lose its own events or hand it ports in a wrong order, no more: tails, queues and
/// states are the hypervisor's own, no link is ever followed here, and every loop has an end.
/// </summary>
public static class FifoEvents
{
    private const uint Pending = 1u << EventFifo.Pending, Masked = 1u << EventFifo.Masked, Linked = 1u << EventFifo.Linked,
        Busy = 1u << EventFifo.Busy;

    /// <summary>Tries until a word is believed to be changed for the sake of changing it; honest guests make us fail a few times.</summary>
    private const int MostTries = 64;

    /// <summary>Tries until the guest is asked to leave a word alone.</summary>
    private const int PatientTries = 4;

    /// <summary>Raises an open end.</summary>
    public static void Raise(ref Domain domain, uint port)
    {
        ref EventPort end = ref domain.Events.At(port);
        if (!domain.Events.HasWord(port))
        {
            end.IsWaiting = true;
            return;
        }
        ref VirtualCpu vcpu = ref domain.Vcpu(end.Vcpu);
        uint before = Mark(ref domain.Events.Word(port), !vcpu.Events.Fifo.Control.IsNull);
        if ((before & (Masked | Linked)) == 0 && !vcpu.Events.Fifo.Control.IsNull)
            Append(ref domain, ref vcpu, ref end, port);
        if (domain.Events.HasPollers && (before & Pending) == 0)
            Delivery.WakePollers(ref domain, port);
    }

    /// <summary>
    /// Sets PENDING and, where the word is neither masked nor linked, LINKED with it. Returns the word as it was, all ones for one that the guest
    /// never leaves alone.
    /// </summary>
    private static uint Mark(ref uint word, bool hasQueues)
    {
        uint seen = Volatile.Read(in word);
        for (int turn = 0; turn < MostTries; turn++)
        {
            uint wanted = seen | Pending;
            if (hasQueues && (seen & (Masked | Linked)) == 0)
                wanted |= Linked;
            uint found = Interlocked.CompareExchange(ref word, wanted, seen);
            if (found == seen)
                return seen;
            seen = found;
        }
        return uint.MaxValue;
    }

    private static void Append(ref Domain domain, ref VirtualCpu vcpu, ref EventPort end, uint port)
    {
        if (end.LastVcpu != end.Vcpu || end.LastPriority != end.Priority)
            ChangeQueue(ref domain, ref end, port);
        ref uint tail = ref vcpu.Events.Fifo.Tail(end.Priority);
        uint last = tail;
        tail = port;
        // A port that is not linked and was this queue's tail is behind nobody.
        if (last != 0 && last != port && TryFollow(ref domain.Events.Word(last), port))
            return;
        ref EventFifoControlBlock control = ref vcpu.Events.Fifo.Control.Value;
        Volatile.Write(ref control.Head[end.Priority], port);
        uint ready = 1u << end.Priority;
        if ((Interlocked.Or(ref control.Ready, ready) & ready) == 0)
            Delivery.Signal(ref vcpu);
    }

    /// <summary>
    /// The port left its last queue when the guest unlinked it. Were it still that queue's tail, what is appended there would follow it to the next.
    /// </summary>
    private static void ChangeQueue(ref Domain domain, ref EventPort end, uint port)
    {
        ref uint tail = ref domain.Vcpu(end.LastVcpu).Events.Fifo.Tail(end.LastPriority);
        if (tail == port)
            tail = 0;
        (end.LastVcpu, end.LastPriority) = (end.Vcpu, end.Priority);
    }

    /// <summary>
    /// Names a port as the one that follows a tail. False where the tail is in no queue any more. Guests may mask and unmask the tail meanwhile;
    /// after some tries BUSY asks them to wait with that. A word that changes on and on is a guest's that wants it so: the port is left unlinked.
    /// </summary>
    private static bool TryFollow(ref uint tail, uint port)
    {
        uint seen = Volatile.Read(in tail);
        for (int turn = 0; turn < MostTries && (seen & Linked) != 0; turn++)
        {
            if (turn == PatientTries)
            {
                seen = Interlocked.Or(ref tail, Busy) | Busy;
                continue;
            }
            uint found = Interlocked.CompareExchange(ref tail, seen & ~(Busy | EventFifo.LinkMask) | port, seen);
            if (found == seen)
                return true;
            seen = found;
        }
        if ((seen & Busy) != 0)
            Interlocked.And(ref tail, ~Busy);
        return (seen & Linked) != 0;
    }

    /// <summary>Takes the mask off an open end, and links it if it is pending.</summary>
    public static void Unmask(ref Domain domain, uint port)
    {
        if (!domain.Events.HasWord(port))
            return;
        ref uint word = ref domain.Events.Word(port);
        Interlocked.And(ref word, ~Masked);
        if ((Volatile.Read(in word) & Pending) != 0)
            Raise(ref domain, port);
    }

    /// <summary>Whether a port is pending.</summary>
    public static bool IsPending(ref Domain domain, uint port)
        => domain.Events.HasWord(port) ? (Volatile.Read(in domain.Events.Word(port)) & Pending) != 0 : domain.Events.At(port).IsWaiting;

    /// <summary>Whether a port is masked; one without a word is.</summary>
    public static bool IsMasked(ref Domain domain, uint port)
        => !domain.Events.HasWord(port) || (Volatile.Read(in domain.Events.Word(port)) & Masked) != 0;

    /// <summary>Whether a port is in a queue of its guest.</summary>
    public static bool IsLinked(ref Domain domain, uint port)
        => domain.Events.HasWord(port) && (Volatile.Read(in domain.Events.Word(port)) & Linked) != 0;

    /// <summary>Forgets a pending event. A port that is linked stays so until the guest takes it out.</summary>
    public static void Clear(ref Domain domain, uint port)
    {
        domain.Events.At(port).IsWaiting = false;
        if (domain.Events.HasWord(port))
            Interlocked.And(ref domain.Events.Word(port), ~Pending);
    }
}
