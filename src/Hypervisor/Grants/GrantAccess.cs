using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// A grant's way into use and out of it. The guest's entry is an allegation in memory that the guest may be writing to from another processor: its
/// flags and domain are one word, which is read once, checked, and marked by one compare-exchange; the frame is read after that, once. What was found
/// is kept in the hypervisor's own record, and as long as that says the grant is in use nothing else of the entry counts any more.
/// </summary>
public static class GrantAccess
{
    /// <summary>How often a guest may get in between before its entry is called unstable.</summary>
    private const int MostAttempts = 5;

    /// <summary>Finds the domain whose table is meant: one that is there and not about to go.</summary>
    public static bool TryFindGranter(ushort id, out Link<Domain> granter)
        => DomainTable.TryFind(id, out granter) && granter.Value.Stage != DomainStage.Dying;

    /// <summary>
    /// Marks a grant as in use by a domain and finds its frame. A use that lasts is then counted in its pins; <see cref="Settle"/> ends one that
    /// does not. An entry with one of the refused flags is not for this use.
    /// </summary>
    public static GrantStatus Open(ref Domain granter, uint reference, ushort user, bool readOnly, GrantFlags refused, out Mfn frame)
    {
        frame = default;
        ref GrantTable table = ref granter.Grants;
        if (reference >= table.EntryCount)
            return GrantStatus.BadGrantRef;
        ref ActiveGrant active = ref table.Active(reference);
        bool isUsed = active.Pins != 0;
        if (isUsed && (active.User != user || (active.Pins & ActiveGrant.FullMask) != 0))
            return GrantStatus.GeneralError;
        if ((!isUsed || (!readOnly && !active.IsWritten)) && !TryMark(ref table.Word(reference), user, readOnly, isUsed, refused))
            return GrantStatus.GeneralError;
        uint number = isUsed ? active.Frame : Volatile.Read(ref table.Entry(reference).Frame);
        frame = new Mfn(number);
        // Of a grant in use too: its granter may have given the frame up behind a mapping that was overwritten.
        if (!FrameTable.IsOwnedBy(frame, granter.Id))
        {
            Settle(ref granter, reference);
            return isUsed ? GrantStatus.GeneralError : GrantStatus.BadPage;
        }
        active.Frame = number;
        active.User = user;
        return GrantStatus.Okay;
    }

    /// <summary>Sets the marks in the entry if it says that the domain may; a grant in use was checked when its use began.</summary>
    private static bool TryMark(ref uint word, ushort user, bool readOnly, bool isUsed, GrantFlags refused)
    {
        uint wanted = GrantTable.WordFor(GrantFlags.PermitAccess, user);
        uint decisive = GrantTable.WordFor(GrantFlags.TypeMask | refused, ushort.MaxValue);
        uint marks = (uint)(readOnly ? GrantFlags.Reading : GrantFlags.Reading | GrantFlags.Writing);
        uint seen = Volatile.Read(ref word);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (!isUsed && (seen & decisive) != wanted)
                return false;
            if (!readOnly && (seen & (uint)GrantFlags.ReadOnly) != 0)
                return false;
            uint found = Interlocked.CompareExchange(ref word, seen | marks, seen);
            if (found == seen)
                return true;
            seen = found;
        }
        return false;
    }

    /// <summary>The unit in the counts of a grant for a kind of mapping.</summary>
    public static ulong UnitOf(GrantMapFlags kind, bool readOnly)
        => kind == GrantMapFlags.DeviceMap
            ? readOnly ? ActiveGrant.DeviceRead : ActiveGrant.DeviceWrite
            : readOnly ? ActiveGrant.HostRead : ActiveGrant.HostWrite;

    /// <summary>Takes the marks out of the entry that no use of the grant justifies.</summary>
    public static void Settle(ref Domain granter, uint reference)
    {
        ref GrantTable table = ref granter.Grants;
        ulong pins = table.Active(reference).Pins;
        GrantFlags marks = pins == 0 ? GrantFlags.Reading | GrantFlags.Writing
            : (pins & ActiveGrant.WriteMask) == 0 ? GrantFlags.Writing : GrantFlags.Invalid;
        // The table of a dying domain is gone, and nobody reads it.
        if (marks != GrantFlags.Invalid && reference < table.EntryCount)
            Interlocked.And(ref table.Word(reference), ~(uint)marks);
    }

    /// <summary>
    /// Ends uses of a grant, by the kinds of a mapping that are no more. The domain's last handle on it may be what a dying granter waited for.
    /// </summary>
    public static void Close(ref Domain granter, uint reference, GrantMapFlags kinds, bool readOnly, bool wasLast)
    {
        ref ActiveGrant active = ref granter.Grants.Active(reference);
        if ((kinds & GrantMapFlags.HostMap) != 0)
            active.Pins -= UnitOf(GrantMapFlags.HostMap, readOnly);
        if ((kinds & GrantMapFlags.DeviceMap) != 0)
            active.Pins -= UnitOf(GrantMapFlags.DeviceMap, readOnly);
        Settle(ref granter, reference);
        if (!wasLast)
            return;
        granter.Grants.Outstanding--;
        if (granter.Grants.Outstanding == 0 && granter.Stage == DomainStage.Dying)
            State.Processors[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
    }
}
