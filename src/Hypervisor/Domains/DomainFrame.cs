using System;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// A domain is one frame, made here and given back here; ids are not used again before all others have been (docs/decisions/ids.md).
/// </summary>
public static class DomainFrame
{
    private static ref ushort LastId => ref DomainsState.Now.DomainFrameLastId;

    /// <summary>Makes an empty domain. Errors: NoMem, NoSpc where all ids are in use.</summary>
    public static Errno Create(ReadOnlySpan<byte> name, bool initial, out Link<Domain> link)
    {
        link = default;
        if (DomainTable.Births == uint.MaxValue || !TryChooseId(initial, out ushort id))
            return Errno.NoSpc;
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return Errno.NoMem;
        DirectMap.Frame(frame).Clear();
        link = DirectMap.LinkTo<Domain>(frame.Address);
        ref Domain domain = ref link.Value;
        domain.Id = id;
        domain.HasPredecessor = DomainsState.Now.DomainFrameIdsComeAgain;
        domain.Memory.FirstFrame = Frame.Nil;
        domain.Origin.Module = -1;
        domain.Share = DomainShare.Usual;
        name.CopyTo(domain.Name);
        domain.NameLength = (byte)name.Length;
        DomainTable.Enter(ref domain);
        return Errno.None;
    }

    /// <summary>Removes a domain whose frames have all come back.</summary>
    public static void Remove(ref Domain domain)
    {
        // Whoever was given the keyboard while it was dying has it no longer, nor has the next of its id.
        KeyboardFocus.Forget(ref domain);
        ContextSwitch.ForgetTraces(domain.Id);
        DomainTable.Forget(ref domain);
        FrameAllocator.Free(Mfn.Of(DirectMap.AddressOf(ref domain)), 0);
    }

    private static bool TryChooseId(bool initial, out ushort id)
    {
        id = 0;
        if (initial)
            return DomainTable.All[0].IsNull;
        for (int turn = 1; turn < DomainTable.Capacity; turn++)
        {
            DomainsState.Now.DomainFrameIdsComeAgain |= LastId + 1 == DomainTable.Capacity;
            LastId = (ushort)(LastId + 1 == DomainTable.Capacity ? 1 : LastId + 1);
            id = LastId;
            if (DomainTable.All[id].IsNull)
                return true;
        }
        return false;
    }
}
