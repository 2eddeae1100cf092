using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// The end of a dying domain's handles. Its page tables have gone before, and with them the references of its mappings; what is left is to tell the
/// granters that their frames are in use no more.
/// </summary>
public static class GrantRelease
{
    /// <summary>Gives all handles of a domain back; true when none is left.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        ref uint handle = ref domain.Teardown.Cursor;
        ref Maptrack mappings = ref domain.Grants.Maptrack;
        for (; mappings.Count != 0 && handle < mappings.Capacity && !Preemption.IsDue; handle++)
        {
            Preemption.Charge(Cost.Grant);
            if (mappings.IsUsed(handle))
                Release(ref mappings, handle);
        }
        return mappings.Count == 0 || handle >= mappings.Capacity;
    }

    private static void Release(ref Maptrack mappings, uint handle)
    {
        GrantMapping mapping = mappings.At(handle);
        mappings.Give(handle);
        Preemption.Charge(Cost.GrantHandle);
        if (!DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
            return;
        if ((mapping.Flags & GrantMapFlags.DeviceMap) != 0)
            MapCall.GiveForDevice(new Mfn(granter.Value.Grants.Active(mapping.Reference).Frame), mapping.IsReadOnly);
        GrantAccess.Close(ref granter.Value, mapping.Reference, mapping.Flags & GrantMapping.Kinds, mapping.IsReadOnly, wasLast: true);
    }
}
