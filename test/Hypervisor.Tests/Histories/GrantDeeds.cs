using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Grants;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>
/// What the deeds with grants do. Their results have a model of their own (Grants/GrantModel); here they meet tables, flushes and other processors.
/// </content>
internal sealed partial class MemoryWorld
{
    private const uint References = 16;

    private readonly List<(int Guest, uint Handle, ulong Address, ulong Bus)> handles = [];

    private T AskGrants<T>(string what, GrantTableCommand command, T record, System.Func<T, GrantStatus> status)
        where T : unmanaged
    {
        ulong place = Place(Bytes(record));
        long result = Make(Hypercall.GrantTableOp, (ulong)command, place, 1);
        if (result != 0 || !CanRead(place))
            return record;
        T answer = TinyGuest.Load<T>(place);
        Note(what, status(answer) == GrantStatus.Okay);
        return answer;
    }

    private static bool CanRead(ulong address)
        => PageWalk.TryTranslate(address, write: false, user: true, out _)
            && PageWalk.TryTranslate(address + 63, write: false, user: true, out _);

    /// <summary>A guest writes an entry of its table, whoever uses it.</summary>
    private void Offer(uint a, uint b, uint c)
    {
        ref GrantTable table = ref guest.Domain.Grants;
        if (table.FrameCount == 0)
            return;
        GrantFlags flags = (b % 8) switch
        {
            0 => GrantFlags.Invalid,
            1 or 2 => GrantFlags.PermitAccess | GrantFlags.ReadOnly,
            3 or 4 => GrantFlags.AcceptTransfer,
            _ => GrantFlags.PermitAccess,
        };
        table.Shown(a % References) = new GrantEntry
        {
            Flags = flags, Domain = guests[(int)(c % (uint)guests.Count)].KnownId, Frame = unchecked((uint)Frame(b / 8).Value),
        };
    }

    /// <summary>An entry that is for this guest, where there is one; else any.</summary>
    private (ushort Domain, uint Reference) DrawOffer(uint number, GrantFlags type)
    {
        var offers = new List<(ushort, uint)>();
        foreach (TinyGuest one in guests.Where(one => one.IsAlive && one.Domain.Grants.FrameCount != 0))
        {
            for (uint reference = 0; reference < References; reference++)
            {
                GrantEntry entry = one.Domain.Grants.Shown(reference);
                if ((entry.Flags & GrantFlags.TypeMask) == type && entry.Domain == guest.Id)
                    offers.Add((one.Id, reference));
            }
        }

        return number % 6 != 0 && offers.Count != 0 ? offers[(int)(number / 6 % (uint)offers.Count)] : (Picks.Domain(guests, number), number % 600);
    }

    private void MapGrant(uint a, uint b, uint c)
    {
        (ushort granter, uint reference) = DrawOffer(a, GrantFlags.PermitAccess);
        GrantMapFlags flags = (b % 8) switch
        {
            0 => GrantMapFlags.DeviceMap,
            1 => GrantMapFlags.DeviceMap | GrantMapFlags.HostMap,
            _ => GrantMapFlags.HostMap,
        };
        flags |= (b / 8 % 3 == 0 ? GrantMapFlags.ReadOnly : 0) | (b / 24 % 2 == 0 ? GrantMapFlags.ApplicationMap : 0);
        ulong address = c % 16 == 0 ? Picks.Address(c >> 4) : TinyGuest.AddressOf((int)(24 + c / 16 % 20));
        if (b / 48 % 4 == 0)
        {
            flags |= GrantMapFlags.ContainsPte;
            address = guest.Frames[3].Address + (24 + c / 16 % 20) * 8 + (c / 320 % 8 == 0 ? 4ul : 0);
        }

        var map = new GrantMap { HostAddress = address, Flags = flags, Reference = reference, Domain = granter, Status = GrantStatus.GeneralError };
        map = AskGrants("grant mapped", GrantTableCommand.MapGrantRef, map, it => it.Status);
        if (map.Status == GrantStatus.Okay)
            handles.Add((self, map.Handle, address, map.DeviceBusAddress));
    }

    private void UnmapGrant(uint a, uint b, uint c)
    {
        int index = handles.FindIndex(one => one.Guest == self);
        if (index < 0)
            return;
        (_, uint handle, ulong address, ulong bus) = handles[index];
        handles.RemoveAt(index);
        if (a % 6 == 0)
            handle = a / 6 % 40;
        if (b % 5 == 0)
        {
            ulong other = TinyGuest.AddressOf((int)(24 + c % 20));
            var replace = new GrantUnmapAndReplace { HostAddress = address, NewAddress = other, Handle = handle, Status = GrantStatus.GeneralError };
            AskGrants("grant replaced", GrantTableCommand.UnmapAndReplace, replace, it => it.Status);
            return;
        }

        var unmap = new GrantUnmap
        {
            HostAddress = b % 5 == 1 ? 0 : address, DeviceBusAddress = b % 5 == 2 ? 0 : bus, Handle = handle, Status = GrantStatus.GeneralError,
        };
        AskGrants("grant unmapped", GrantTableCommand.UnmapGrantRef, unmap, it => it.Status);
        if (b % 5 is 1 or 2)
            handles.Add((self, handle, address, bus));
    }

    private void CopyGrant(uint a, uint b, uint c)
    {
        (ushort granter, uint reference) = DrawOffer(a, GrantFlags.PermitAccess);
        var own = new GrantCopyPointer { Frame = Frame(b).Value, Domain = DomainIds.Self, Offset = (ushort)(c % 4200) };
        var granted = new GrantCopyPointer { Frame = reference, Domain = granter, Offset = (ushort)(c / 4200 % 4200) };
        bool reads = c % 2 == 0;
        AskGrants("grant copied", GrantTableCommand.Copy, new GrantCopy
        {
            Source = reads ? granted : own, Destination = reads ? own : granted, Length = (ushort)(b % 64),
            Flags = reads ? GrantCopyFlags.SourceGrantRef : GrantCopyFlags.DestinationGrantRef, Status = GrantStatus.GeneralError,
        }, it => it.Status);
    }

    /// <summary>Gives a frame away, most of the time one that was used and is unmapped without a flush just before.</summary>
    private void TransferFrame(uint a, uint b, uint c)
    {
        (ushort taker, uint reference) = DrawOffer(a, GrantFlags.AcceptTransfer);
        int page = (int)(24 + c % 20);
        TinyGuest.TryStore(TinyGuest.AddressOf(page), 1ul);
        if (!PageWalk.TryTranslate(TinyGuest.AddressOf(page), write: false, user: true, out ulong place))
            return;
        Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), 0);
        Mfn frame = b % 8 == 0 ? Frame(b / 8) : Mfn.Of(new(place));
        AskGrants("frame transferred", GrantTableCommand.Transfer, new GrantTransfer
            { Frame = frame.Value, Domain = taker, Reference = reference, Status = GrantStatus.GeneralError }, it => it.Status);
    }

    private void SwapGrants(uint a, uint b)
        => AskGrants("grants swapped", GrantTableCommand.SwapGrantRef,
            new GrantSwapReference { ReferenceA = a % 18, ReferenceB = b % 18, Status = GrantStatus.GeneralError }, it => it.Status);
}
