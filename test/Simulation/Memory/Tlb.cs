using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>The translation look-aside buffers and loaded roots; what is remembered is in <see cref="Translations"/>.</summary>
public static class Tlb
{
    private static readonly ulong[] roots = new ulong[ProcessorState.Maximum];
    private static readonly uint[] flushedAt = new uint[ProcessorState.Maximum];

    /// <summary>Flushes so far, of all processors.</summary>
    public static uint Clock { get; private set; }

    /// <summary>Whether a processor may still remember what was stamped with the clock at a time.</summary>
    public static bool MayRemember(uint processor, uint stamp) => unchecked((int)(flushedAt[processor] - stamp)) <= 0;

    /// <summary>A processor has forgotten everything.</summary>
    public static void HasForgotten(uint processor) => flushedAt[processor] = Clock;

    /// <summary>Makes a new time.</summary>
    public static void Advance() => Clock = unchecked(Clock + 1);

    /// <summary>Flushes where this processor has not for very long.</summary>
    public static void KeepUp(uint processor)
    {
        if (unchecked(Clock - flushedAt[processor]) > 1u << 30)
            Flush();
    }

    /// <summary>The physical address of the loaded top-level table.</summary>
    public static MachineAddress Root => new(roots[SimulatedProcessor.Number]);

    /// <summary>Loads a top-level table and so forgets all translations.</summary>
    public static void Load(MachineAddress root)
    {
        Advance();
        flushedAt[SimulatedProcessor.Number] = Clock;
        roots[SimulatedProcessor.Number] = root;
        Translations.Forget();
        Journal.Write(Act.LoadRoot, root);
    }

    /// <summary>Forgets all translations.</summary>
    public static void Flush() => Load(Root);

    /// <summary>
    /// Loads a top-level table as Entry.S does on its fast ways between a guest's kernel and its applications: the clock knows nothing of it.
    /// </summary>
    public static void LoadQuietly(MachineAddress root)
    {
        roots[SimulatedProcessor.Number] = root;
        Translations.Forget();
    }

    /// <summary>Forgets all translations on behalf of a processor that waits for it and keeps the clock itself.</summary>
    public static void FlushForOther() => Translations.Forget();

    /// <summary>Forgets one page's translation, whatever the address is.</summary>
    public static void FlushPage(GuestAddress address)
    {
        Translations.Forget(address.Value >> Mfn.Shift);
        Journal.Write(Act.FlushPage, address.Value);
    }
}
