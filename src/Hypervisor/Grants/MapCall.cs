using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// GNTTABOP_map_grant_ref: a frame that another domain grants, seen through an entry of the caller's tables, kept for a device, or both; all of it
/// or nothing. There is no IOMMU, so for a device it means that the frame stays what it is (a reference, typed where the device may write) and
/// that its bus address is told.
/// </summary>
internal static class MapCall
{
    private const ulong AnswerOffset = 16;

    /// <summary>The second half of a record, with what is told.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Answer
    {
        public ushort Domain;
        public GrantStatus Status;
        public uint Handle;
        public ulong DeviceBusAddress;
    }

    /// <summary>One record. Errors: Fault.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantMap map))
            return Errno.Fault;
        Preemption.Charge(Cost.GrantRecord);
        Answer answer = default;
        (answer.Domain, answer.Handle, answer.DeviceBusAddress) = (map.Domain, map.Handle, map.DeviceBusAddress);
        answer.Status = Map(ref vcpu, map, ref answer);
        return GuestMemory.TryWrite(record + AnswerOffset, answer) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus Map(ref VirtualCpu vcpu, in GrantMap map, ref Answer answer)
    {
        if ((map.Flags & GrantMapping.Kinds) == 0)
            return GrantStatus.BadGrantRef;
        if (!GrantAccess.TryFindGranter(map.Domain, out Link<Domain> link))
            return GrantStatus.BadDomain;
        ref Domain granter = ref link.Value;
        ref Maptrack mappings = ref vcpu.Domain.Grants.Maptrack;
        if (!mappings.TryTake(out uint handle))
            return GrantStatus.NoSpace;
        GrantStatus status = MapFrame(ref vcpu, ref granter, map, out Mfn frame);
        if (status != GrantStatus.Okay)
        {
            mappings.Give(handle);
            return status;
        }
        ref GrantMapping mapping = ref mappings.At(handle);
        mapping.Reference = map.Reference;
        mapping.Granter = granter.Id;
        mapping.Flags = map.Flags & (GrantMapFlags)ushort.MaxValue;
        granter.Grants.Outstanding++;
        answer.Handle = handle;
        answer.DeviceBusAddress = frame.Address;
        return GrantStatus.Okay;
    }

    /// <summary>Opens the grant and takes what the mapping needs; on an error nothing is held and the grant is as it was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GrantStatus MapFrame(ref VirtualCpu vcpu, ref Domain granter, in GrantMap map, out Mfn frame)
    {
        bool readOnly = (map.Flags & GrantMapFlags.ReadOnly) != 0, forDevice = (map.Flags & GrantMapFlags.DeviceMap) != 0;
        GrantStatus status = GrantAccess.Open(ref granter, map.Reference, vcpu.Domain.Id, readOnly, GrantFlags.SubPage, out frame);
        if (status != GrantStatus.Okay)
            return status;
        status = forDevice ? TakeForDevice(ref vcpu, ref granter, map, frame, readOnly)
            : HostMapping.Create(ref vcpu, map.HostAddress, map.Flags, frame, granter.Id);
        if (status != GrantStatus.Okay)
        {
            GrantAccess.Settle(ref granter, map.Reference);
            return status;
        }
        ulong units = forDevice ? GrantAccess.UnitOf(GrantMapFlags.DeviceMap, readOnly) : 0;
        if ((map.Flags & GrantMapFlags.HostMap) != 0)
            units |= GrantAccess.UnitOf(GrantMapFlags.HostMap, readOnly);
        granter.Grants.Active(map.Reference).Pins += units;
        return GrantStatus.Okay;
    }

    /// <summary>Takes what a mapping for a device needs, and one for a processor if that is asked for too.</summary>
    private static GrantStatus TakeForDevice(ref VirtualCpu vcpu, ref Domain granter, in GrantMap map, Mfn frame, bool readOnly)
    {
        if (!TryTakeForDevice(frame, readOnly, ref granter))
            return GrantStatus.GeneralError;
        if ((map.Flags & GrantMapFlags.HostMap) == 0)
            return GrantStatus.Okay;
        GrantStatus status = HostMapping.Create(ref vcpu, map.HostAddress, map.Flags, frame, granter.Id);
        if (status != GrantStatus.Okay)
            GiveForDevice(frame, readOnly);
        return status;
    }

    private static bool TryTakeForDevice(Mfn frame, bool readOnly, ref Domain granter)
        => readOnly
            ? FrameTable.TryGet(ref FrameTable.OfAny(frame), granter.Id)
            : TypedReferences.Get(frame, FrameType.Writable, granter.Id, ref granter) == Errno.None;

    /// <summary>Gives back what a mapping for a device held.</summary>
    internal static void GiveForDevice(Mfn frame, bool readOnly)
    {
        if (readOnly)
            FrameTable.Put(frame);
        else
            TypedReferences.Put(frame);
    }
}
