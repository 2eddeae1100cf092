using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>
/// Handles on others' frames against the entries that map them and the counts of the grants: for every frame and right no more entries than handles.
/// </summary>
internal sealed class GrantedFrames
{
    private readonly Dictionary<(ushort Domain, ulong Frame, bool Writable), int> handles = [];
    private readonly Dictionary<(ushort Domain, ulong Frame, bool Writable), int> entries = [];
    private readonly Dictionary<(ushort Granter, uint Reference), ulong> pins = [];

    /// <summary>All that there is now.</summary>
    public GrantedFrames()
    {
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            for (uint handle = 0; handle < domain.Value.Grants.Maptrack.Capacity; handle++)
                Note(domain.Value.Id, domain.Value.Grants.Maptrack.At(handle));
        }
    }

    private void Note(ushort user, GrantMapping mapping)
    {
        if (!mapping.IsUsed || !DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
            return;
        var frame = new Mfn(granter.Value.Grants.Active(mapping.Reference).Frame);
        ulong unit = 0;
        if ((mapping.Flags & GrantMapFlags.HostMap) != 0)
        {
            var key = (user, frame.Value, !mapping.IsReadOnly);
            handles[key] = handles.GetValueOrDefault(key) + 1;
            unit += mapping.IsReadOnly ? 1ul : 1ul << 16;
        }
        if ((mapping.Flags & GrantMapFlags.DeviceMap) != 0)
            unit += mapping.IsReadOnly ? 1ul << 32 : 1ul << 48;
        pins[(mapping.Granter, mapping.Reference)] = pins.GetValueOrDefault((mapping.Granter, mapping.Reference)) + unit;
    }

    /// <summary>Notes an entry of a domain's tables.</summary>
    public void NoteEntry(ref Domain domain, Mfn frame, bool writable)
    {
        if (domain.Rights.HasHardware || FrameTable.All[frame.Value].Owner == domain.Id)
            return;
        var key = (domain.Id, frame.Value, writable);
        entries[key] = entries.GetValueOrDefault(key) + 1;
    }

    /// <summary>Entries without handles, and counts that are not the handles'.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (((ushort domain, ulong frame, bool writable) key, int count) in entries)
        {
            if (count > handles.GetValueOrDefault(key))
                yield return $"d{key.domain} maps frame {key.frame:x} {count} times (writable: {key.writable})";
        }
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            for (uint reference = 0; reference < domain.Value.Grants.ActiveCount; reference++)
            {
                if (domain.Value.Grants.Active(reference).Pins != pins.GetValueOrDefault((domain.Value.Id, reference)))
                    yield return $"grant {reference} of d{domain.Value.Id} has counts {domain.Value.Grants.Active(reference).Pins:x}";
            }
        }
    }
}
