using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// GNTTABOP_copy: bytes from one frame to another, each the caller's own or granted to it. A granted frame is in use only as long as the copy takes;
/// nothing is mapped, so nothing is to be flushed.
/// </summary>
internal static class CopyCall
{
    private const uint StatusOffset = 36;

    /// <summary>Bytes of a record.</summary>
    internal const uint RecordBytes = 40;

    /// <summary>One record. Errors: Fault.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantCopy copy))
            return Errno.Fault;
        Preemption.Charge(Cost.GrantRecord);
        return GuestMemory.TryWrite(record + StatusOffset, Copy(ref vcpu, copy)) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus Copy(ref VirtualCpu vcpu, in GrantCopy copy)
    {
        bool fromGrant = (copy.Flags & GrantCopyFlags.SourceGrantRef) != 0, toGrant = (copy.Flags & GrantCopyFlags.DestinationGrantRef) != 0;
        if (!TryFindOwner(ref vcpu, copy.Source.Domain, out Link<Domain> giver)
            || !TryFindOwner(ref vcpu, copy.Destination.Domain, out Link<Domain> taker))
            return GrantStatus.BadDomain;
        // Only the caller's own frames can be named by number.
        if ((!fromGrant && copy.Source.Domain != DomainIds.Self) || (!toGrant && copy.Destination.Domain != DomainIds.Self))
            return GrantStatus.PermissionDenied;
        GrantStatus status = Open(ref vcpu, copy.Source, ref giver.Value, fromGrant, isSource: true, out Mfn source);
        if (status != GrantStatus.Okay)
            return status;
        status = Open(ref vcpu, copy.Destination, ref taker.Value, toGrant, isSource: false, out Mfn destination);
        if (status == GrantStatus.Okay)
        {
            status = CopyBytes(copy, source, destination, ref taker.Value);
            if (toGrant)
                GrantAccess.Settle(ref taker.Value, copy.Destination.Reference);
        }
        if (fromGrant)
            GrantAccess.Settle(ref giver.Value, copy.Source.Reference);
        return status;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFindOwner(ref VirtualCpu vcpu, ushort id, out Link<Domain> owner)
    {
        owner = vcpu.DomainLink;
        return id == DomainIds.Self || GrantAccess.TryFindGranter(id, out owner);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GrantStatus Open(
        ref VirtualCpu vcpu, in GrantCopyPointer pointer, ref Domain owner, bool isGrant, bool isSource, out Mfn frame)
    {
        if (isGrant)
            return GrantAccess.Open(ref owner, pointer.Reference, vcpu.Domain.Id, isSource, GrantFlags.Invalid, out frame);
        frame = new Mfn(pointer.Frame);
        return FrameTable.IsOwnedBy(frame, owner.Id) ? GrantStatus.Okay : GrantStatus.BadPage;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GrantStatus CopyBytes(in GrantCopy copy, Mfn source, Mfn destination, ref Domain owner)
    {
        if (TypedReferences.Get(destination, FrameType.Writable, owner.Id, ref owner) != Errno.None)
            return GrantStatus.GeneralError;
        GrantStatus status = GrantStatus.BadCopyArgument;
        uint length = copy.Length, last = unchecked((uint)Mfn.Size - length);
        if (length <= Mfn.Size && copy.Source.Offset <= last && copy.Destination.Offset <= last)
        {
            CacheAttributes.WriteBackIfOther(source);
            CacheAttributes.WriteBackIfOther(destination);
            DirectMap.Copy(destination, copy.Destination.Offset, source, copy.Source.Offset, length);
            CacheAttributes.WriteBackIfOther(destination);
            Written.Frame(destination);
            status = GrantStatus.Okay;
        }
        TypedReferences.Put(destination);
        return status;
    }
}
