using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Machine;
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
        public int Module;
        public uint First, Last, QuickReboots;
    }

    /// <summary>A domain waits or lives, never both, so as many requests as there can be domains are never too many.</summary>
    private const uint Capacity = 2 * DomainTable.Capacity;

    private const int RequestsOrder = 4;

    private static Table<Request> requests;
    private static uint next;
    private static uint count;

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

    /// <summary>
    /// Asks for copies of the domain of a boot module; 0 to 0: for the one domain of a module that has none. One that starts again brings along how
    /// often it has done so soon after its start.
    /// </summary>
    public static void Ask(int module, uint first, uint last, uint quickReboots = 0)
    {
        requests[(next + count) % Capacity] = new Request { Module = module, First = first, Last = last, QuickReboots = quickReboots };
        count++;
    }

    /// <summary>Builds and starts all that have been asked for; runs on the second stack.</summary>
    public static void DoAll()
    {
        while (count != 0)
        {
            Request request = requests[next];
            ModuleDomains.StartCopies(request.Module, request.First, request.Last, request.QuickReboots);
            next = (next + 1) % Capacity;
            count--;
        }
    }

    /// <summary>A place where others may run: on the second stack, takes the interrupts that wait.</summary>
    public static void Breathe()
    {
        if (Coroutine.IsInside)
            Idle.TakeInterrupts();
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
            Serial.Transmit();
        }
    }
}
