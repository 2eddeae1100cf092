using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
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

    private struct Side
    {
        public Link<Domain> Owner;
        public uint Reference;
        public bool IsGrant;
        public bool IsSource;
        public Mfn Frame;
    }

    /// <summary>One record. Errors: Fault.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out GrantCopy copy))
            return Errno.Fault;
        Preemption.Spend(1);
        return GuestMemory.TryWrite(unchecked(record + StatusOffset), Copy(ref vcpu, copy)) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus Copy(ref VirtualCpu vcpu, in GrantCopy copy)
    {
        var source = new Side { IsSource = true, IsGrant = (copy.Flags & GrantCopyFlags.SourceGrantRef) != 0 };
        var destination = new Side { IsGrant = (copy.Flags & GrantCopyFlags.DestinationGrantRef) != 0 };
        GrantStatus status = FindOwner(ref vcpu, copy.Source.Domain, ref source);
        if (status == GrantStatus.Okay)
            status = FindOwner(ref vcpu, copy.Destination.Domain, ref destination);
        if (status == GrantStatus.Okay)
            status = Open(ref vcpu, copy.Source, ref source);
        if (status != GrantStatus.Okay)
            return status;
        status = Open(ref vcpu, copy.Destination, ref destination);
        if (status == GrantStatus.Okay)
        {
            status = CopyBytes(copy, source.Frame, ref destination);
            Close(destination);
        }
        Close(source);
        return status;
    }

    /// <summary>Only the caller's own frames can be named by number.</summary>
    private static GrantStatus FindOwner(ref VirtualCpu vcpu, ushort id, ref Side side)
    {
        side.Owner = vcpu.DomainLink;
        if (id == DomainIds.Self)
            return GrantStatus.Okay;
        if (!side.IsGrant)
            return GrantStatus.PermissionDenied;
        return GrantAccess.TryFindGranter(id, out side.Owner) ? GrantStatus.Okay : GrantStatus.BadDomain;
    }

    private static GrantStatus Open(ref VirtualCpu vcpu, in GrantCopyPointer pointer, ref Side side)
    {
        ref Domain owner = ref side.Owner.Value;
        side.Frame = new Mfn(pointer.Frame);
        side.Reference = pointer.Reference;
        if (side.IsGrant)
            return GrantAccess.Open(ref owner, side.Reference, vcpu.Domain.Id, side.IsSource, GrantFlags.Invalid, out side.Frame);
        return FrameTable.IsOwnedBy(side.Frame, owner.Id) ? GrantStatus.Okay : GrantStatus.BadPage;
    }

    private static void Close(in Side side)
    {
        if (side.IsGrant)
            GrantAccess.Settle(ref side.Owner.Value, side.Reference);
    }

    private static GrantStatus CopyBytes(in GrantCopy copy, Mfn source, ref Side destination)
    {
        ref Domain owner = ref destination.Owner.Value;
        if (FrameTable.TakeTyped(destination.Frame, FrameType.Writable, owner.Id, ref owner) != Errno.None)
            return GrantStatus.GeneralError;
        GrantStatus status = GrantStatus.BadCopyArgument;
        if (copy.Source.Offset + (uint)copy.Length <= Mfn.Size && copy.Destination.Offset + (uint)copy.Length <= Mfn.Size)
        {
            DirectMap.Frame(source).Slice(copy.Source.Offset, copy.Length)
                .CopyTo(DirectMap.Frame(destination.Frame)[copy.Destination.Offset..]);
            status = GrantStatus.Okay;
        }
        FrameTable.GiveTyped(destination.Frame);
        return status;
    }
}
