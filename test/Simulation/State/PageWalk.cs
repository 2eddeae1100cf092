using Serai.Machine.Memory;

namespace Serai.Simulation;

/// <summary>
/// The processor's own walk of page tables (SDM vol. 3, 4.5), with accessed and dirty bits, over the root that is loaded. Bits that the processor
/// does not check are not checked here; reserved bits fault.
/// </summary>
public static class PageWalk
{
    private const ulong Present = 1, Writable = 2, User = 4, Accessed = 32, Dirty = 64, Large = 128, FrameMask = 0x000f_ffff_ffff_f000;

    /// <summary>
    /// Translates an address for one access of ring 0 or, with `user`, of ring 3: by what is remembered, else by a walk that is then remembered.
    /// False where the processor would fault.
    /// </summary>
    public static bool TryTranslate(ulong address, bool write, bool user, out ulong physicalAddress)
    {
        ulong page = address >> Mfn.Shift;
        physicalAddress = 0;
        if (!Layout.IsCanonical(address))
            return false;
        if (!Translations.TryFind(page, out Translation known) || (write && !known.Writable))
        {
            if (!TryWalk(address, write, user, out known))
                return false;
            // The hypervisor's own range never changes, and is the same in every address space.
            if (!Layout.IsHypervisor(address))
                Translations.Remember(page, known);
        }
        physicalAddress = known.Frame.Address | (address & (Mfn.Size - 1));
        return true;
    }

    /// <summary>A walk from the root, nothing remembered being asked.</summary>
    private static bool TryWalk(ulong address, bool write, bool user, out Translation translation)
    {
        translation = default;
        Mfn table = Mfn.Of(new(Tlb.Root & FrameMask));
        for (int level = 4; level >= 1; level--)
        {
            ref ulong entry = ref Arena.At<ulong>(table.Address + (address >> (level * 9 + 3) & 511) * 8);
            if ((entry & Present) == 0 || (write && (entry & Writable) == 0) || (user && (entry & User) == 0))
                return false;
            if (level > 1 && (entry & Large) != 0)
                return false;
            if (!Layout.IsHypervisor(address))
                Translations.RememberTable(table, level);
            entry |= level == 1 && write ? Accessed | Dirty : Accessed;
            table = Mfn.Of(new(entry & FrameMask));
        }
        translation = new Translation(table, write);
        return true;
    }
}
