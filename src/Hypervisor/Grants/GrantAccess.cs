using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
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

    /// <summary>Finds the domain whose table is meant.</summary>
    public static bool TryFindGranter(ushort id, out Link<Domain> granter)
        => DomainTable.TryFind(id, out granter) && granter.Value.IsThere;

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
        ulong pins = active.Pins;
        uint number = active.Frame;
        if (pins != 0)
        {
            if (active.User != user || (pins & ActiveGrant.FullMask) != 0)
                return GrantStatus.GeneralError;
            if (!readOnly && (pins & ActiveGrant.WriteMask) == 0 && !TryMarkWritten(ref table.Entry(reference).Word))
                return GrantStatus.GeneralError;
        }
        else
        {
            ref SharedGrant entry = ref table.Entry(reference);
            uint decisive = SharedGrant.WordFor(GrantFlags.TypeMask | refused | (readOnly ? 0 : GrantFlags.ReadOnly), ushort.MaxValue);
            GrantFlags marks = readOnly ? GrantFlags.Reading : GrantFlags.Reading | GrantFlags.Writing;
            if (!TryMark(ref entry.Word, decisive, SharedGrant.WordFor(GrantFlags.PermitAccess, user), marks))
                return GrantStatus.GeneralError;
            number = Volatile.Read(ref entry.Frame);
        }
        frame = new Mfn(number);
        // Of a grant in use too: its granter may have given the frame up behind a mapping that was overwritten.
        if (!FrameTable.IsOwnedBy(frame, granter.Id))
        {
            Settle(ref granter, reference);
            return pins != 0 ? GrantStatus.GeneralError : GrantStatus.BadPage;
        }
        active.Frame = number;
        active.User = user;
        return GrantStatus.Okay;
    }

    /// <summary>A grant in use was checked when its use began, but for this: whether it may be written.</summary>
    private static bool TryMarkWritten(ref uint word)
        => TryMark(ref word, (uint)GrantFlags.ReadOnly, 0, GrantFlags.Reading | GrantFlags.Writing);

    /// <summary>Sets marks in an entry if the bits of its word that decide are those wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryMark(ref uint word, uint decisive, uint wanted, GrantFlags marks)
    {
        uint seen = Volatile.Read(ref word);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if ((seen & decisive) != wanted)
                return false;
            uint found = Interlocked.CompareExchange(ref word, seen | (uint)marks, seen);
            if (found == seen)
                return true;
            seen = found;
        }
        return false;
    }

    /// <summary>The unit in the counts of a grant for a kind of mapping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong UnitOf(GrantMapFlags kind, bool readOnly)
        => kind == GrantMapFlags.DeviceMap
            ? readOnly ? ActiveGrant.DeviceRead : ActiveGrant.DeviceWrite
            : readOnly ? ActiveGrant.HostRead : ActiveGrant.HostWrite;

    /// <summary>Takes the marks out of the entry that no use of the grant justifies.</summary>
    public static void Settle(ref Domain granter, uint reference) => Settle(ref granter.Grants, reference, granter.Grants.Active(reference).Pins);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Settle(ref GrantTable table, uint reference, ulong pins)
    {
        if ((pins & ActiveGrant.WriteMask) != 0)
            return;
        GrantFlags marks = pins == 0 ? GrantFlags.Reading | GrantFlags.Writing : GrantFlags.Writing;
        // The table of a dying domain is gone, and nobody reads it.
        if (reference < table.EntryCount)
            Interlocked.And(ref table.Entry(reference).Word, ~(uint)marks);
    }

    /// <summary>
    /// Ends uses of a grant, by the kinds of a mapping that are no more. The domain's last handle on it may be what a dying granter waited for.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Close(ref Domain granter, uint reference, GrantMapFlags kinds, bool readOnly, bool wasLast)
    {
        ref GrantTable table = ref granter.Grants;
        ref ActiveGrant active = ref table.Active(reference);
        ulong pins = active.Pins;
        if ((kinds & GrantMapFlags.HostMap) != 0)
            pins -= UnitOf(GrantMapFlags.HostMap, readOnly);
        if ((kinds & GrantMapFlags.DeviceMap) != 0)
            pins -= UnitOf(GrantMapFlags.DeviceMap, readOnly);
        active.Pins = pins;
        Settle(ref table, reference, pins);
        if (!wasLast)
            return;
        uint left = table.Outstanding - 1;
        table.Outstanding = left;
        if (left == 0 && granter.Stage == DomainStage.Dying)
            WakeTeardown();
    }

    private static void WakeTeardown() => Processors.All[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
}
