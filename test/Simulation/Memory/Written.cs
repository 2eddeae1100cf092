using System.Collections.Generic;

using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>What the hypervisor writes into guests' frames, noted where a test listens: as it says itself, and what passes page tables.</summary>
public static class Written
{
    internal sealed class State
    {
        public HashSet<ulong>? Frames;
    }

    /// <summary>The numbers of the frames, or null where nobody listens.</summary>
    public static ref HashSet<ulong>? Frames => ref SimulatedMachine.Present.Written.Frames;

    /// <summary>Something in a frame.</summary>
    public static void Frame(Mfn frame) => Frames?.Add(frame.Value);

    /// <summary>An entry of a page table.</summary>
    public static void Entry(ref ulong slot) => Frames?.Add(Arena.AddressOf(ref slot) >> Mfn.Shift);

    /// <summary>Something by a guest's own address, that its page tables lead to this physical one.</summary>
    public static void Translated(ulong place) => Frames?.Add(place >> Mfn.Shift);
}
