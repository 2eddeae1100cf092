using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>
/// Domains that are built while others run: copies of a module's domain, and domains that start again. Building one takes seconds, most of them
/// unpacking its kernel, so it is done on a stack of its own in short slices: interrupts may take the processor away at the places that
/// <see cref="Processors.Breathe"/> marks, where all shared state is whole, and anywhere in the unpacking.
/// </summary>
public static class Rebuilds
{
    /// <summary>For how long, in nanoseconds, the first request has been worked for, and up to when that has been counted.</summary>
    private static ref ulong Spent => ref BuildingState.Now.RebuildsSpent;

    private static ref ulong Counted => ref BuildingState.Now.RebuildsCounted;
    private static ref bool IsBuilding => ref BuildingState.Now.RebuildsIsBuilding;

    /// <summary>Takes the memory of stack and requests at boot; false where there is none.</summary>
    public static bool TryPrepare()
    {
        if (!FrameAllocator.TryTake(Coroutine.StackOrder, out Mfn stack))
            return false;
        Coroutine.Prepare(stack);
        return BuildRequests.TryPrepare();
    }

    /// <summary>Begins to count a slice of building.</summary>
    public static void BeginSlice(ulong now) => Counted = now;

    /// <summary>Counts what has been worked of the slice for a domain that starts again: it will pay for it.</summary>
    public static void CountSlice(ulong now)
    {
        Spent += Duration.Between(Counted, now);
        Counted = now;
    }

    /// <summary>A domain that has been built is about to run: if it has run before, it pays for what it had then, and for its building.</summary>
    public static void Settle(ref Domain domain)
    {
        if (!IsBuilding || !BuildRequests.First.IsAgain)
            return;
        CountSlice(SystemTime.Now);
        Account.Inherit(ref domain, BuildRequests.First.Clock, Spent);
    }

    /// <summary>Builds and starts all that have been asked for; runs on the second stack.</summary>
    public static void DoAll()
    {
        while (BuildRequests.AreWaiting)
        {
            (IsBuilding, Spent) = (true, 0);
            BuildRequest request = BuildRequests.First;
            ModuleDomains.StartCopies(request.Module, request.First, request.Last, request.QuickReboots);
            IsBuilding = false;
            BuildRequests.Done();
        }
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
            Processors.Breathe();
            Terminal.Transmit();
        }
    }
}
