using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Time;

/// <summary>A place in the heap of timers.</summary>
public struct TimerSlot
{
    /// <summary>When it fires, in system time.</summary>
    public ulong Deadline;

    public Link<VirtualCpu> Vcpu;
    public TimerKind Kind;
}

/// <summary>
/// All running timers in a binary heap by deadline: setting and stopping cost the logarithm of their number, the next is at the top. Each virtual CPU
/// has one timer of each kind, which knows its place.
/// </summary>
public static class Timers
{
    private static Table<TimerSlot> heap;
    private static uint count;

    /// <summary>Gives the heap its memory.</summary>
    public static void Initialise(Table<TimerSlot> memory)
    {
        heap = memory;
        count = 0;
    }

    /// <summary>Running timers.</summary>
    public static uint Count => count;

    /// <summary>The earliest deadline, or ulong.MaxValue where no timer runs.</summary>
    public static ulong NextDeadline => count == 0 ? ulong.MaxValue : heap[0].Deadline;

    private static ref TimerEntry EntryOf(ref VirtualCpu vcpu, TimerKind kind)
    {
        if (kind == TimerKind.Guest)
            return ref vcpu.Timer;
        return ref vcpu.PollTimer;
    }

    /// <summary>Starts or restarts a virtual CPU's timer.</summary>
    public static void Set(ref VirtualCpu vcpu, TimerKind kind, ulong deadline)
    {
        ref TimerEntry entry = ref EntryOf(ref vcpu, kind);
        if (entry.Place == 0)
        {
            heap[count] = new TimerSlot { Vcpu = Link<VirtualCpu>.To(ref vcpu), Kind = kind };
            entry.Place = ++count;
        }
        uint place = entry.Place - 1;
        heap[place].Deadline = deadline;
        SinkDown(RiseUp(place));
    }

    /// <summary>Stops a timer that may be running.</summary>
    public static void Stop(ref VirtualCpu vcpu, TimerKind kind)
    {
        ref TimerEntry entry = ref EntryOf(ref vcpu, kind);
        if (entry.Place == 0)
            return;
        uint place = entry.Place - 1;
        entry.Place = 0;
        count--;
        if (place == count)
            return;
        Put(place, heap[count]);
        SinkDown(RiseUp(place));
    }

    /// <summary>Takes out the earliest timer if its deadline has come.</summary>
    public static bool TryTakeDue(ulong now, out TimerSlot due)
    {
        due = default;
        if (count == 0 || heap[0].Deadline > now)
            return false;
        due = heap[0];
        Stop(ref due.Vcpu.Value, due.Kind);
        return true;
    }

    private static void Put(uint place, in TimerSlot slot)
    {
        heap[place] = slot;
        EntryOf(ref heap[place].Vcpu.Value, slot.Kind).Place = place + 1;
    }

    private static uint RiseUp(uint place)
    {
        while (place > 0 && heap[place].Deadline < heap[(place - 1) / 2].Deadline)
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
        return place;
    }

    private static void SinkDown(uint place)
    {
        while (2 * place + 1 < count)
        {
            uint child = 2 * place + 1;
            if (child + 1 < count && heap[child + 1].Deadline < heap[child].Deadline)
                child++;
            if (heap[place].Deadline <= heap[child].Deadline)
                return;
            Swap(place, child);
            place = child;
        }
    }

    private static void Swap(uint left, uint right)
    {
        TimerSlot kept = heap[left];
        Put(left, heap[right]);
        Put(right, kept);
    }
}
