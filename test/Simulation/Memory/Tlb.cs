using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>The translation look-aside buffers and loaded roots; what is remembered is in <see cref="Translations"/>.</summary>
public static class Tlb
{
    internal sealed class State
    {
        public readonly ulong[] Roots = new ulong[ProcessorState.Maximum];
        public readonly uint[] FlushedAt = new uint[ProcessorState.Maximum];
        public uint Clock;
    }

    private static State My => SimulatedMachine.Present.Tlb;

    /// <summary>Flushes so far, of all processors.</summary>
    public static uint Clock => My.Clock;

    /// <summary>Whether a processor may still remember what was stamped with the clock at a time.</summary>
    public static bool MayRemember(uint processor, uint stamp) => unchecked((int)(My.FlushedAt[processor] - stamp)) <= 0;

    /// <summary>Makes a new time.</summary>
    public static void Advance() => My.Clock = unchecked(Clock + 1);

    /// <summary>Flushes where this processor has not for very long.</summary>
    public static void KeepUp(uint processor)
    {
        if (unchecked(Clock - My.FlushedAt[processor]) > 1u << 30)
            Flush();
    }

    /// <summary>The physical address of the loaded top-level table.</summary>
    public static MachineAddress Root => new(My.Roots[SimulatedProcessor.Number]);

    /// <summary>Loads a top-level table and so forgets all translations.</summary>
    public static void Load(MachineAddress root)
    {
        Advance();
        My.FlushedAt[SimulatedProcessor.Number] = Clock;
        My.Roots[SimulatedProcessor.Number] = root;
        Translations.Forget();
        Journal.Write(Act.LoadRoot, root);
    }

    /// <summary>Loads a top-level table without making a new time; other processors may make one meanwhile.</summary>
    public static void LoadAlone(MachineAddress root, uint processor)
    {
        if (processor != SimulatedProcessor.Number)
            throw new System.InvalidOperationException("another processor's table");
        uint now = Clock;
        My.Roots[SimulatedProcessor.Number] = root;
        Translations.Forget();
        Journal.Write(Act.LoadRoot, root);
        Moments.Come();
        My.FlushedAt[SimulatedProcessor.Number] = now;
    }

    /// <summary>Forgets all translations.</summary>
    public static void Flush() => Load(Root);

    /// <summary>
    /// Loads a top-level table as Entry.S does on its fast ways between a guest's kernel and its applications: the clock knows nothing of it.
    /// </summary>
    public static void LoadQuietly(MachineAddress root)
    {
        My.Roots[SimulatedProcessor.Number] = root;
        Translations.Forget();
    }

    /// <summary>Forgets all translations for a processor that has made a new time, and asked.</summary>
    public static void FlushForOther(uint processor)
    {
        if (processor != SimulatedProcessor.Number)
            throw new System.InvalidOperationException("another processor's translations");
        Translations.Forget();
        My.FlushedAt[processor] = Clock;
    }

    /// <summary>Forgets one page's translation, whatever the address is.</summary>
    public static void FlushPage(GuestAddress address)
    {
        Translations.Forget(address.Value >> Mfn.Shift);
        Journal.Write(Act.FlushPage, address.Value);
    }
}
