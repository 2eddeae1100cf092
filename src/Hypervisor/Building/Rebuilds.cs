using System.Numerics;

using Serai.Hypervisor.Memory;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>
/// Domains that start again while others run. Building one takes seconds, most of them unpacking its kernel, so it is done on a stack of its own
/// in short slices: interrupts may take the processor away at the places that <see cref="Breathe"/> marks, where all shared state is whole, and
/// anywhere in the unpacking.
/// </summary>
public static class Rebuilds
{
    private static ulong waiting;

    /// <summary>Whether there is something to build.</summary>
    public static bool AreWaiting => waiting != 0;

    /// <summary>Takes the stack's memory at boot; false where there is none.</summary>
    public static bool TryPrepare()
    {
        if (!FrameAllocator.TryTake(Coroutine.StackOrder, out Mfn stack))
            return false;
        Coroutine.Prepare(stack);
        return true;
    }

    /// <summary>Asks for the domain of a boot module (0 to 63).</summary>
    public static void Request(int module) => waiting |= 1ul << module;

    /// <summary>Builds and starts all that have been asked for; runs on the second stack.</summary>
    public static void DoAll()
    {
        while (waiting != 0)
        {
            int module = BitOperations.TrailingZeroCount(waiting);
            ModuleDomains.Start(module);
            waiting &= ~(1ul << module);
        }
    }

    /// <summary>A place where others may run: on the second stack, takes the interrupts that wait.</summary>
    public static void Breathe()
    {
        if (Coroutine.IsInside)
            Instructions.TakeInterrupts();
    }
}
