using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Machine.Memory;

/// <summary>
/// The processors' translation look-aside buffers. Global pages are off (CR4.PGE = 0), so loading CR3 forgets everything. A clock counts the
/// flushes of all processors, and each processor keeps the time of its last: what was stamped before that can no longer be in its buffer.
/// The clock wraps, so times are compared by their distance, which <see cref="KeepUp"/> keeps below half the circle.
/// </summary>
public static class Tlb
{
    [RuntimeImport("*", "X64WriteCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WriteCr3(ulong value);

    [RuntimeImport("*", "X64ReadCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadCr3();

    [RuntimeImport("*", "X64InvalidatePage"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void InvalidatePage(ulong address);

    /// <summary>Loads a table, and stores behind that.</summary>
    [RuntimeImport("*", "X64WriteCr3AndTell"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void LoadAndTell(ulong root, ref uint place, uint value);

    private static readonly uint[] flushedAt = new uint[ProcessorState.Maximum];

    /// <summary>Flushes so far, of all processors.</summary>
    public static uint Clock { get; private set; }

    /// <summary>Whether a processor may still remember what was stamped with the clock at a time.</summary>
    public static bool MayRemember(uint processor, uint stamp) => unchecked((int)(flushedAt[(int)processor] - stamp)) <= 0;

    /// <summary>Makes a new time.</summary>
    public static void Advance() => Clock = unchecked(Clock + 1);

    /// <summary>Flushes where this processor has not for so long that its time would soon look like one to come.</summary>
    public static void KeepUp(uint processor)
    {
        if (unchecked(Clock - flushedAt[(int)processor]) > 1u << 30)
            Flush();
    }

    /// <summary>The physical address of the loaded top-level table.</summary>
    public static MachineAddress Root => new(ReadCr3());

    /// <summary>Loads a top-level table and so forgets all translations.</summary>
    public static void Load(MachineAddress root)
    {
        Clock = unchecked(Clock + 1);
        flushedAt[(int)CurrentProcessor.Number] = Clock;
        WriteCr3(root);
    }

    /// <summary>
    /// Loads a top-level table without making a new time, which takes the lock: it counts as a flush at the time that it began with, so what was
    /// stamped before that time is forgotten, and what is stamped with it may be asked for once more than need be. The number is this processor's.
    /// </summary>
    public static void LoadAlone(MachineAddress root, uint processor) => LoadAndTell(root, ref flushedAt[(int)processor], Clock);

    /// <summary>Forgets all translations.</summary>
    public static void Flush() => Load(Root);

    /// <summary>Forgets all translations for a processor that has made a new time, and asked.</summary>
    public static void FlushForOther(uint processor) => LoadAlone(Root, processor);

    /// <summary>Forgets one page's translation, whatever the address is.</summary>
    public static void FlushPage(GuestAddress address) => InvalidatePage(address.Value);
}
