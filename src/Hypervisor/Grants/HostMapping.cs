using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// The L1 entry through which a processor sees a granted frame. It holds its own reference to the frame like any entry, so it can be
/// overwritten like any: the reference goes with it, the handle stays.
/// </summary>
internal static class HostMapping
{
    private const int AvailableShift = 16, EntryAvailableShift = 9;
    private const ulong AvailableBits = 7;

    /// <summary>Puts a frame of the granter's into an entry of the running domain's.</summary>
    internal static GrantStatus Create(ref VirtualCpu vcpu, ulong address, GrantMapFlags flags, Mfn frame, ushort granter)
    {
        if (!TryFind(ref vcpu, address, flags, out EntryPlace place))
            return GrantStatus.GeneralError;
        Errno error = Level1Entries.Replace(ref place.Slot, EntryOf(frame, flags), 0, granter, ref vcpu.Domain);
        return error == Errno.None ? GrantStatus.Okay : GrantStatus.GeneralError;
    }

    /// <summary>
    /// Takes it out again if it is there as it was mapped, and puts in its place the entry of another address, which that loses; 0 for nothing.
    /// </summary>
    internal static GrantStatus Remove(ref VirtualCpu vcpu, ulong address, GrantMapFlags flags, Mfn frame, ulong replacement)
    {
        const ulong decisive = PageTableEntry.FrameMask | PageTableEntry.Present | PageTableEntry.Writable;
        if (!TryFind(ref vcpu, address, flags, out EntryPlace place))
            return GrantStatus.GeneralError;
        ref ulong slot = ref place.Slot;
        if (((Volatile.Read(ref slot) ^ EntryOf(frame, flags)) & decisive) != 0)
            return GrantStatus.GeneralError;
        if (replacement == 0)
        {
            Level1Entries.Replace(ref slot, 0, 0, vcpu.Domain.Id, ref vcpu.Domain);
            return GrantStatus.Okay;
        }
        bool byAddress = (flags & GrantMapFlags.ContainsPte) == 0;
        EntryPlace other = byAddress ? Level1Entries.Find(vcpu.KernelRoot, new(replacement)) : default;
        if (other.IsNowhere || other.Same(place))
            return GrantStatus.GeneralError;
        Level1Entries.Move(ref other.Slot, ref slot);
        return GrantStatus.Okay;
    }

    /// <summary>Finds the entry: by a linear address, or by its own machine address, which must be that of one entry of a table of level 1.</summary>
    private static bool TryFind(ref VirtualCpu vcpu, ulong address, GrantMapFlags flags, out EntryPlace place)
    {
        if ((flags & GrantMapFlags.ContainsPte) == 0)
        {
            place = Level1Entries.Find(vcpu.KernelRoot, new(address));
            return !place.IsNowhere;
        }
        place = new(new(address));
        ref Frame frame = ref FrameTable.OfAny(place.Table);
        return address % sizeof(ulong) == 0 && frame.Owner == vcpu.Domain.Id && frame.TypeCount != 0 && frame.Type == FrameType.L1;
    }

    private static ulong EntryOf(Mfn frame, GrantMapFlags flags)
    {
        ulong entry = frame.Address | PageTableEntry.Present | PageTableEntry.Accessed | PageTableEntry.Dirty
            | ((ulong)flags >> AvailableShift & AvailableBits) << EntryAvailableShift;
        if ((flags & GrantMapFlags.ReadOnly) == 0)
            entry |= PageTableEntry.Writable;
        return (flags & GrantMapFlags.ApplicationMap) != 0 ? entry | PageTableEntry.User : entry;
    }
}
