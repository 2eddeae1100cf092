using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>
/// Domains that are built while others run: copies of a module's domain, and domains that start again. Building one takes seconds, most of them
/// unpacking its kernel, so it is done on a stack of its own in short slices: interrupts may take the processor away at the places that
/// <see cref="Breathe"/> marks, where all shared state is whole, and anywhere in the unpacking.
/// </summary>
public static class Rebuilds
{
    private struct Request
    {
        public ushort Module, First, Last;

        /// <summary>Whether it has run before, and where it stood then (<see cref="Account.Bequeath"/>).</summary>
        public bool IsAgain;

        /// <summary>How often it has started again soon after its start.</summary>
        public byte QuickReboots;
        public ulong Clock;
    }

    /// <summary>A domain waits or lives, never both, so as many requests as there can be domains are never too many.</summary>
    private const uint Capacity = 2 * DomainTable.Capacity;

    private const int RequestsOrder = 4;

    private static Table<Request> requests;
    private static uint next;
    private static uint count;

    /// <summary>For how long, in nanoseconds, the first request has been worked for, and up to when that has been counted.</summary>
    private static ulong spent, counted;
    private static bool isBuilding;

    /// <summary>Whether there is something to build.</summary>
    public static bool AreWaiting => count != 0;

    /// <summary>Takes the memory of stack and requests at boot; false where there is none.</summary>
    public static bool TryPrepare()
    {
        if (!FrameAllocator.TryTake(Coroutine.StackOrder, out Mfn stack) || !FrameAllocator.TryTake(RequestsOrder, out Mfn memory))
            return false;
        Coroutine.Prepare(stack);
        requests = new Table<Request>(memory.Address, Capacity);
        return true;
    }

    /// <summary>Asks for copies of the domain of a boot module.</summary>
    public static void Ask(int module, uint first, uint last)
        => Ask(new Request { Module = (ushort)module, First = (ushort)first, Last = (ushort)last });

    /// <summary>
    /// Asks for a domain that starts again from where it stood; copy 0: the one domain of a module that has no copies. It brings along how often it
    /// has done so soon after its start.
    /// </summary>
    public static void AskAgain(int module, uint copy, ulong clock, uint quickReboots)
        => Ask(new Request
        {
            Module = (ushort)module, First = (ushort)copy, Last = (ushort)copy, IsAgain = true, Clock = clock,
            QuickReboots = (byte)(quickReboots < byte.MaxValue ? quickReboots : byte.MaxValue),
        });

    private static void Ask(in Request request)
    {
        requests[(next + count) % Capacity] = request;
        count++;
    }

    /// <summary>Begins to count a slice of building.</summary>
    public static void BeginSlice(ulong now) => counted = now;

    /// <summary>Counts what has been worked of the slice for a domain that starts again: it will pay for it.</summary>
    public static void CountSlice(ulong now)
    {
        spent += Duration.Between(counted, now);
        counted = now;
    }

    /// <summary>A domain that has been built is about to run: if it has run before, it pays for what it had then, and for its building.</summary>
    public static void Settle(ref Domain domain)
    {
        if (!isBuilding || !requests[next].IsAgain)
            return;
        CountSlice(SystemTime.Now);
        Account.Inherit(ref domain, requests[next].Clock, spent);
    }

    /// <summary>Builds and starts all that have been asked for; runs on the second stack.</summary>
    public static void DoAll()
    {
        while (count != 0)
        {
            (isBuilding, spent) = (true, 0);
            Request request = requests[next];
            ModuleDomains.StartCopies(request.Module, request.First, request.Last, request.QuickReboots);
            isBuilding = false;
            next = (next + 1) % Capacity;
            count--;
        }
    }

    /// <summary>A place where others may run: on the second stack, takes the interrupts that wait.</summary>
    public static void Breathe()
    {
        if (!Coroutine.IsInside)
            return;
        ref ProcessorState processor = ref State.Processors[CurrentProcessor.Number].Value;
        LockWait.Leave(ref processor);
        Idle.TakeInterrupts(ref processor);
    }

    /// <summary>
    /// A place where others run in any case: a domain that is built begins before the next one is built, and the terminal keeps up with what is
    /// told.
    /// </summary>
    public static void Rest()
    {
        if (!Coroutine.IsInside)
            return;
        Coroutine.Leave();
        while (!TerminalLine.HasRoomForGuests && !TerminalLine.IsStuck)
        {
            Breathe();
            Terminal.Transmit();
        }
    }
}
