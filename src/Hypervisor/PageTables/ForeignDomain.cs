using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>The domain that a call names: the caller itself, or another one for the privileged.</summary>
public static class ForeignDomain
{
    /// <summary>
    /// Finds it. Errors: Srch where there is none, whoever asks, as in Xen; Perm for another than the caller without privilege.
    /// </summary>
    public static Errno Find(ref VirtualCpu caller, ushort id, out Link<Domain> domain)
    {
        domain = caller.DomainLink;
        if (id == DomainIds.Self || id == caller.Domain.Id)
            return Errno.None;
        if (!DomainTable.TryFind(id, out Link<Domain> named))
            return Errno.Srch;
        if (!caller.Domain.Rights.ControlsOthers)
            return named.Value.IsThere ? Errno.Perm : Errno.Srch;
        if (!DomainRights.MayControl(caller.Domain, named.Value))
            return Errno.Srch;
        domain = named;
        return Errno.None;
    }

    /// <summary>
    /// Finds whose frames a call maps: a domain's, or with hardware those of no domain, which are devices' (DOMID_IO). The hypervisor's own
    /// (DOMID_XEN) may be named by the privileged, as in Xen, but none of them can be mapped: the owner told is one that has no frames. Errors: as
    /// above, Perm for those two without the right to them, and Srch for a domain that names itself by its number instead of DOMID_SELF.
    /// </summary>
    public static Errno FindOwner(ref VirtualCpu caller, ushort id, out ushort owner)
    {
        owner = id;
        if (id == DomainIds.Io && caller.Domain.Rights.HasHardware)
            return Errno.None;
        if (id == DomainIds.Xen && caller.Domain.Rights.RunsMachine)
        {
            owner = DomainIds.Idle;
            return Errno.None;
        }
        if (id is DomainIds.Io or DomainIds.Xen)
            return Errno.Perm;
        if (id == caller.Domain.Id)
            return Errno.Srch;
        Errno error = Find(ref caller, id, out Link<Domain> domain);
        if (error == Errno.None)
            owner = domain.Value.Id;
        return error;
    }
}
