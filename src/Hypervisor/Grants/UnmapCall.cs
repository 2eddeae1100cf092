using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// GNTTABOP_unmap_grant_ref and GNTTABOP_unmap_and_replace. A granter takes a frame back for itself once the marks in its entry are gone, so they
/// go only after no processor remembers the mapping any more: records are worked off in groups, first their entries in the tables, then one flush,
/// then the marks.
/// </summary>
internal static class UnmapCall
{
    private const int GroupSize = 32;

    // What is left to do of one record after the flush, in one word.
    private const int GranterShift = 32, FlagsShift = 48;
    private const GrantMapFlags Last = GrantMapFlags.ApplicationMap;

    /// <summary>One record of either call, in the form of both.</summary>
    private struct Request
    {
        public GrantUnmap Unmap;
        public ulong NewAddress;
    }

    /// <summary>Bytes of a record of either call.</summary>
    internal const uint RecordBytes = 24;

    private const uint StatusOffset = 20;

    /// <summary>Up to a group of records; tells how many were done. Errors: Fault, which ends the call.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, ulong record, uint count, bool replace, out uint done)
    {
        Span<ulong> closed = Scratch.Zeroed(stackalloc ulong[GroupSize]);
        uint most = Math.Min(count, GroupSize);
        var error = Errno.None;
        bool flush = false;
        for (done = 0; error == Errno.None && done < most; done++, record = unchecked(record + RecordBytes))
        {
            error = PerformOne(ref vcpu, record, replace, out closed[(int)done]);
            flush |= ((GrantMapFlags)(closed[(int)done] >> FlagsShift) & GrantMapFlags.HostMap) != 0;
        }
        Preemption.Spend(done);
        if (flush)
            Flushes.Of(ref vcpu, ulong.MaxValue);
        foreach (ulong word in closed)
        {
            if (word != 0)
                Close(word);
        }
        return error;
    }

    private static Errno PerformOne(ref VirtualCpu vcpu, ulong record, bool replace, out ulong closed)
    {
        closed = 0;
        if (!TryRead(record, replace, out Request request))
            return Errno.Fault;
        GrantStatus status = Undo(ref vcpu, request, out closed);
        return GuestMemory.TryWrite(unchecked(record + StatusOffset), status) ? Errno.None : Errno.Fault;
    }

    private static bool TryRead(ulong record, bool replace, out Request request)
    {
        request = default;
        if (!replace)
            return GuestMemory.TryRead(record, out request.Unmap);
        if (!GuestMemory.TryRead(record, out GrantUnmapAndReplace both))
            return false;
        request.Unmap.HostAddress = both.HostAddress;
        request.Unmap.Handle = both.Handle;
        request.NewAddress = both.NewAddress;
        return true;
    }

    /// <summary>What can be done before the flush; the rest is told in `closed`.</summary>
    private static GrantStatus Undo(ref VirtualCpu vcpu, in Request request, out ulong closed)
    {
        closed = 0;
        ref MappingTable mappings = ref vcpu.Domain.Grants.Mappings;
        uint handle = request.Unmap.Handle;
        if (!mappings.IsUsed(handle))
            return GrantStatus.BadHandle;
        ref GrantMapping mapping = ref mappings.At(handle);
        // A granter's record outlives its last handle.
        if (!DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
            return GrantStatus.BadHandle;
        var frame = new Mfn(granter.Value.Grants.Active(mapping.Reference).Frame);
        GrantMapFlags wanted = mapping.Flags & ((request.Unmap.HostAddress != 0 ? GrantMapFlags.HostMap : 0)
            | (request.Unmap.DeviceBusAddress != 0 ? GrantMapFlags.DeviceMap : 0));
        if ((wanted & GrantMapFlags.DeviceMap) != 0 && request.Unmap.DeviceBusAddress != frame.Address)
            return GrantStatus.BadDeviceAddress;
        if ((wanted & GrantMapFlags.HostMap) != 0)
        {
            GrantStatus status = HostMapping.Remove(ref vcpu, request.Unmap.HostAddress, mapping.Flags, frame, request.NewAddress);
            if (status != GrantStatus.Okay)
                return status;
        }
        if ((wanted & GrantMapFlags.DeviceMap) != 0)
            MapCall.GiveForDevice(frame, mapping.IsReadOnly);
        closed = Note(ref mappings, handle, wanted);
        return GrantStatus.Okay;
    }

    /// <summary>Takes the kinds out of the mapping, gives its handle back with the last, and packs what is left to do; 0 for nothing.</summary>
    private static ulong Note(ref MappingTable mappings, uint handle, GrantMapFlags kinds)
    {
        ref GrantMapping mapping = ref mappings.At(handle);
        if (kinds == 0)
            return 0;
        GrantMapFlags flags = kinds | (mapping.Flags & GrantMapFlags.ReadOnly);
        mapping.Flags &= ~kinds;
        ulong place = mapping.Reference | (ulong)mapping.Granter << GranterShift;
        if (!mapping.IsUsed)
        {
            mappings.Give(handle);
            flags |= Last;
        }
        return place | (ulong)flags << FlagsShift;
    }

    private static void Close(ulong word)
    {
        var flags = (GrantMapFlags)(word >> FlagsShift);
        if (DomainTable.TryFind((ushort)(word >> GranterShift & ushort.MaxValue), out Link<Domain> granter))
            GrantAccess.Close(ref granter.Value, (uint)(word & uint.MaxValue), flags, (flags & GrantMapFlags.ReadOnly) != 0, (flags & Last) != 0);
    }
}
