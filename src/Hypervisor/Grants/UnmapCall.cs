using System;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
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

    /// <summary>Bytes of a record of either call.</summary>
    internal const uint RecordBytes = 24;

    private const uint StatusOffset = 20;

    /// <summary>Up to a group of records; tells how many were done. Errors: Fault, which ends the call.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record, uint count, bool replace, out uint done)
    {
        if (count != 1)
            return PerformGroup(ref vcpu, record, count < GroupSize ? count : GroupSize, replace, out done);
        done = 1;
        Errno error = PerformOne(ref vcpu, record, replace, out ulong closed);
        Preemption.Charge(Cost.GrantRecord);
        if (NeedsFlush(closed))
            Flushes.AllOf(ref vcpu);
        Close(closed);
        return error;
    }

    private static Errno PerformGroup(ref VirtualCpu vcpu, GuestAddress record, uint count, bool replace, out uint done)
    {
        Span<ulong> closed = Scratch.Zeroed(stackalloc ulong[GroupSize]);
        var error = Errno.None;
        bool flush = false;
        for (done = 0; error == Errno.None && done < count; done++, record = record + RecordBytes)
        {
            error = PerformOne(ref vcpu, record, replace, out ulong word);
            closed[(int)done] = word;
            flush |= NeedsFlush(word);
        }
        Preemption.Charge(Cost.GrantRecord, done);
        if (flush)
            Flushes.AllOf(ref vcpu);
        foreach (ulong word in closed[..(int)done])
            Close(word);
        return error;
    }

    private static bool NeedsFlush(ulong closed) => ((GrantMapFlags)(closed >> FlagsShift) & GrantMapFlags.HostMap) != 0;

    private static Errno PerformOne(ref VirtualCpu vcpu, GuestAddress record, bool replace, out ulong closed)
    {
        closed = 0;
        // The two kinds of records differ in their middle word alone: the new address, or the device's.
        if (!GuestMemory.TryRead(record, out GrantUnmap unmap))
            return Errno.Fault;
        ulong newAddress = replace ? unmap.DeviceBusAddress : 0;
        if (replace)
            unmap.DeviceBusAddress = 0;
        GrantStatus status = Undo(ref vcpu, unmap, newAddress, ref closed);
        return GuestMemory.TryWrite(record + StatusOffset, status) ? Errno.None : Errno.Fault;
    }

    /// <summary>What can be done before the flush; the rest is told in `closed`.</summary>
    private static GrantStatus Undo(ref VirtualCpu vcpu, in GrantUnmap unmap, ulong newAddress, ref ulong closed)
    {
        ref Maptrack mappings = ref vcpu.Domain.Grants.Maptrack;
        if (unmap.Handle >= mappings.Capacity)
            return GrantStatus.BadHandle;
        ref GrantMapping mapping = ref mappings.At(unmap.Handle);
        // A granter's record outlives its last handle.
        if (!mapping.IsUsed || !DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
            return GrantStatus.BadHandle;
        var frame = new Mfn(granter.Value.Grants.Active(mapping.Reference).Frame);
        GrantMapFlags wanted = mapping.Flags & ((unmap.HostAddress != 0 ? GrantMapFlags.HostMap : 0)
            | (unmap.DeviceBusAddress != 0 ? GrantMapFlags.DeviceMap : 0));
        if ((wanted & GrantMapFlags.DeviceMap) != 0 && unmap.DeviceBusAddress != frame.Address)
            return GrantStatus.BadDeviceAddress;
        if ((wanted & GrantMapFlags.HostMap) != 0)
        {
            GrantStatus status = HostMapping.Remove(ref vcpu, unmap.HostAddress, mapping.Flags, frame, newAddress);
            if (status != GrantStatus.Okay)
                return status;
        }
        if ((wanted & GrantMapFlags.DeviceMap) != 0)
            MapCall.GiveForDevice(frame, mapping.IsReadOnly);
        if (wanted != 0)
            closed = Note(ref mappings, ref mapping, unmap.Handle, wanted);
        return GrantStatus.Okay;
    }

    /// <summary>Takes the kinds out of the mapping, gives its handle back with the last, and packs what is left to do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Note(ref Maptrack mappings, ref GrantMapping mapping, uint handle, GrantMapFlags kinds)
    {
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

    /// <summary>What is left to do of a record, which may be nothing.</summary>
    private static void Close(ulong word)
    {
        var flags = (GrantMapFlags)(word >> FlagsShift);
        if (word != 0 && DomainTable.TryFind(unchecked((ushort)(word >> GranterShift)), out Link<Domain> granter))
            GrantAccess.Close(ref granter.Value, unchecked((uint)word), flags, (flags & GrantMapFlags.ReadOnly) != 0, (flags & Last) != 0);
    }
}
