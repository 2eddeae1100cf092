using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// Grants that were left for a domain which is gone, taken back before another one that gets its id begins. An entry names 16 bits of id in the
/// guest's own memory, so nothing in it tells one domain of that id from the next; what was there before the birth cannot have been meant for it.
/// To its guest such an entry is one that nobody used: it is taken back as by the guest itself.
/// </summary>
public static class LeftGrants
{
    private const int MostAttempts = 5;

    /// <summary>
    /// Goes through one frame of entries, of the first domain with an id of at least `id`; tells where to go on, and is false at the end. Others
    /// may run in between.
    /// </summary>
    public static bool TryStep(ref uint id, ref int frame, ushort user)
    {
        if (!DomainTable.TryFindFrom(id, out Link<Domain> domain))
            return false;
        if (domain.Value.Id != id)
            (id, frame) = (domain.Value.Id, 0);
        ref GrantTable table = ref domain.Value.Grants;
        if (frame >= table.FrameCount)
        {
            (id, frame) = (id + 1, 0);
            return true;
        }
        uint first = (uint)frame * GrantTable.EntriesPerFrame;
        for (uint reference = first; reference < first + GrantTable.EntriesPerFrame; reference++)
            TakeBack(ref table.Entry(reference).Word, user);
        frame++;
        return true;
    }

    /// <summary>A transfer that has been committed is the hypervisor's to complete, and was for him who was there.</summary>
    private static void TakeBack(ref uint word, ushort user)
    {
        const uint type = (uint)GrantFlags.TypeMask;
        uint seen = Volatile.Read(ref word);
        for (int attempt = 0; attempt < MostAttempts && seen >> 16 == user && (seen & type) != 0; attempt++)
        {
            if ((seen & type) == (uint)GrantFlags.AcceptTransfer && (seen & (uint)GrantFlags.TransferCommitted) != 0)
                return;
            uint found = Interlocked.CompareExchange(ref word, seen & ~type, seen);
            if (found == seen)
                return;
            seen = found;
        }
    }
}
