using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Memory;

/// <summary>
/// The processor's translation look-aside buffer. Global pages are off (CR4.PGE = 0), so loading CR3 forgets everything. A clock counts the
/// flushes: what was stamped with the clock before the last flush can no longer be in the buffer.
/// </summary>
public static class Tlb
{
    [RuntimeImport("*", "X64WriteCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WriteCr3(ulong value);

    [RuntimeImport("*", "X64ReadCr3"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadCr3();

    [RuntimeImport("*", "X64InvalidatePage"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void InvalidatePage(ulong address);

    /// <summary>Flushes so far.</summary>
    public static uint Clock { get; private set; }

    /// <summary>The physical address of the loaded top-level table.</summary>
    public static ulong Root => ReadCr3();

    /// <summary>Loads a top-level table and so forgets all translations.</summary>
    public static void Load(ulong root)
    {
        Clock = unchecked(Clock + 1);
        WriteCr3(root);
    }

    /// <summary>Forgets all translations.</summary>
    public static void Flush() => Load(ReadCr3());

    /// <summary>Forgets one page's translation, whatever the address is.</summary>
    public static void FlushPage(ulong address) => InvalidatePage(address);
}
