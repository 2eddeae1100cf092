using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Simulation;

namespace Serai.Machine;

/// <summary>Where a static of the hypervisor lies that changes: in the present simulated machine.</summary>
/// <typeparam name="T">All that belongs together. Zeros until something is put there.</typeparam>
public static class PerMachine<T>
    where T : unmanaged
{
    private static readonly int place = SimulatedMachine.NewPlace();

    /// <summary>The present machine's.</summary>
    public static ref T Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            object? part = SimulatedMachine.Present.Parts[place];
            return ref (part is null ? New() : Unsafe.As<StrongBox<T>>(part)).Value;
        }
    }

    private static StrongBox<T> New()
    {
        ref object? part = ref SimulatedMachine.Present.Parts[place];
        Interlocked.CompareExchange(ref part, new StrongBox<T>(), null);
        return (StrongBox<T>)part!;
    }
}
