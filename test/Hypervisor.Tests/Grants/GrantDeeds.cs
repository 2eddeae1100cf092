using System;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Grants;

/// <content>What the deeds do, here and in the model.</content>
internal sealed partial class GrantWorld
{
    /// <summary>Writes an entry, whatever it was and whoever uses it: it is the guest's memory.</summary>
    private void Offer(int self, uint a, uint b, uint c)
    {
        GrantFlags flags = (b % 12) switch
        {
            0 => GrantFlags.Invalid,
            1 => GrantFlags.PermitAccess | GrantFlags.SubPage,
            2 => GrantFlags.Transitive,
            3 => GrantFlags.PermitAccess | GrantFlags.Writing | GrantFlags.Reading,
            4 or 5 => GrantFlags.PermitAccess | GrantFlags.ReadOnly,
            6 or 7 => GrantFlags.AcceptTransfer,
            _ => GrantFlags.PermitAccess,
        };
        var entry = new GrantModel.Entry(flags, (int)(c % 4), Frame(self, b / 12));
        model.Entries[(self, a % References)] = entry;
        guests[self].Domain.Grants.Shown(a % References) = new GrantEntry
            { Flags = flags, Domain = ids[entry.User], Frame = (uint)entry.Frame };
    }

    /// <summary>Any entry, or mostly one of the right type for the domain.</summary>
    private (int Domain, uint Reference) DrawOffer(int self, uint number, GrantFlags type)
    {
        (int, uint)[] offers = [.. model.Entries.Where(it => it.Value.User == self && (it.Value.Flags & GrantFlags.TypeMask) == type)
            .Select(it => it.Key).Order()];
        return number % 5 != 0 && offers.Length != 0
            ? offers[number / 5 % (uint)offers.Length]
            : ((int)(number / 5 % 4), number / 20 % References);
    }

    private static GrantMapFlags MapFlags(uint number)
    {
        GrantMapFlags kinds = (number % 7) switch
        {
            0 => GrantMapFlags.None,
            1 => GrantMapFlags.DeviceMap,
            2 => GrantMapFlags.DeviceMap | GrantMapFlags.HostMap,
            _ => GrantMapFlags.HostMap,
        };
        return kinds | (number / 7 % 2 == 0 ? GrantMapFlags.ReadOnly : 0) | (number / 14 % 3 == 0 ? GrantMapFlags.ContainsPte : 0)
            | (number / 42 % 2 == 0 ? GrantMapFlags.ApplicationMap : 0);
    }

    /// <summary>Where a mapping is to be: as an address or as the machine address of its entry, now and then spoilt.</summary>
    private ulong Address(int self, int place, GrantMapFlags flags, bool spoilt)
        => (flags & GrantMapFlags.ContainsPte) == 0
            ? spoilt ? Layout.DirectMap + (ulong)place : TinyGuest.AddressOf(place)
            : EntryAddress(self, place) + (spoilt ? 4ul : 0);

    private string? Map(int self, uint a, uint b, uint c)
    {
        int place = Place(c);
        (int granter, uint reference) = DrawOffer(self, a, GrantFlags.PermitAccess);
        if (a / 1000 % 50 == 0)
            reference = 512;
        GrantMapFlags flags = MapFlags(b);
        bool spoilt = c / 32 % 12 == 0;
        GrantMap map = Ask(self, GrantTableCommand.MapGrantRef, new GrantMap
            { HostAddress = Address(self, place, flags, spoilt), Flags = flags, Reference = reference, Domain = ids[granter] });
        // To forget what was mapped at the place before is the guest's own business.
        Tlb.FlushPage(new(TinyGuest.AddressOf(place)));
        return Same("map", map.Status, model.Map(self, granter, reference, flags, place, !spoilt, map.Handle));
    }

    private string? Unmap(int self, uint a, uint b, uint c)
    {
        uint number = a % 12;
        bool known = model.Handles.TryGetValue((self, number), out GrantModel.Handle? handle);
        GrantMapFlags flags = known ? handle!.Flags : GrantMapFlags.None;
        // Mostly where it really is.
        int place = known && b % 4 != 0 ? FindPlace(self, handle!, b) : Place(b / 4);
        if (b / 64 % 6 == 0)
            place = -1;
        ulong bus = (c % 4) switch { 0 => 0, 1 => 5, _ => known ? handle!.Frame : 0 };
        ulong address = place < 0 ? 0 : Address(self, place, flags, spoilt: false);
        if (c / 4 % 3 != 0)
        {
            var unmap = new GrantUnmap { Handle = number, HostAddress = address, DeviceBusAddress = bus << 12 };
            return Same("unmap", Ask(self, GrantTableCommand.UnmapGrantRef, unmap).Status, model.Unmap(self, number, place, bus, -1));
        }
        int replacement = c / 12 % 3 == 0 ? -1 : Place(c / 36);
        var replace = new GrantUnmapAndReplace
            { Handle = number, HostAddress = address, NewAddress = replacement < 0 ? 0 : TinyGuest.AddressOf(replacement) };
        return Same("replace", Ask(self, GrantTableCommand.UnmapAndReplace, replace).Status, model.Unmap(self, number, place, 0, replacement));
    }

    private int FindPlace(int self, GrantModel.Handle handle, uint number)
    {
        int[] places = [.. model.Mappings.Where(it => it.Key.Domain == self && it.Value.Frame == handle.Frame).Select(it => it.Key.Place).Order()];
        return places.Length == 0 ? Place(number) : places[number / 4 % (uint)places.Length];
    }

    private string? Copy(int self, uint a, uint b, uint c)
    {
        GrantModel.Side from = DrawSide(self, a), to = DrawSide(self, b);
        var copy = new GrantCopy { Length = 8, Source = Pointer(from), Destination = Pointer(to) };
        copy.Flags = (from.Granter >= 0 ? GrantCopyFlags.SourceGrantRef : 0) | (to.Granter >= 0 ? GrantCopyFlags.DestinationGrantRef : 0);
        copy.Source.Offset = (ushort)(c % 10 == 0 ? 4089 : 0);
        return Same("copy", Ask(self, GrantTableCommand.Copy, copy).Status, model.Copy(self, from, to, within: c % 10 != 0));
    }

    private GrantModel.Side DrawSide(int self, uint number)
    {
        if (number % 3 == 0)
            return new GrantModel.Side(-1, 0, Frame(self, number / 3));
        (int granter, uint reference) = DrawOffer(self, number / 3, GrantFlags.PermitAccess);
        return new GrantModel.Side(granter, reference, 0);
    }

    private GrantCopyPointer Pointer(GrantModel.Side side)
    {
        if (side.Granter < 0)
            return new GrantCopyPointer { Frame = side.Frame, Domain = DomainIds.Self };
        return new GrantCopyPointer { Reference = side.Reference, Domain = ids[side.Granter] };
    }

    private string? Transfer(int self, uint a, uint b, uint c)
    {
        ulong frame = Frame(self, a);
        (int taker, uint reference) = DrawOffer(self, b, GrantFlags.AcceptTransfer);
        // A frame that is mapped nowhere, half the time: its mapping goes first.
        foreach ((int domain, int place) in model.Mappings.Where(it => it.Value.Frame == frame).Select(it => it.Key).ToList())
        {
            if (domain == self && c / 8 % 2 == 0)
                Unmap(self, place);
        }
        bool exists = DomainTable.TryFind(ids[taker], out _);
        var transfer = new GrantTransfer { Frame = frame, Domain = ids[taker], Reference = reference };
        GrantStatus status = Ask(self, GrantTableCommand.Transfer, transfer).Status;
        return Same("transfer", status, model.Transfer(self, frame, taker, reference, exists));
    }

    private void Unmap(int self, int place)
    {
        guests[self].Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(place), 0, (ulong)UpdateVaFlags.InvalidatePage);
        model.Write(self, place, 0, false);
    }

    private string? Swap(int self, uint a, uint b)
    {
        uint second = a == References ? 512 : a;
        var swap = new GrantSwapReference { ReferenceA = b, ReferenceB = second };
        return Same("swap", Ask(self, GrantTableCommand.SwapGrantRef, swap).Status, model.Swap(self, b, second));
    }

    private string? Write(int self, uint a, uint b, uint c)
    {
        ulong frame = b % 3 == 0 ? 0 : Frame(self, b / 3);
        bool writable = c % 3 != 0;
        ulong entry = frame == 0 ? 0 : TinyGuest.Entry(new Mfn(frame), writable);
        long result = guests[self].Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Place(a)), entry, (ulong)UpdateVaFlags.InvalidatePage);
        return Same("write", result == 0, model.Write(self, Place(a), frame, writable));
    }

    /// <summary>The guest stores and loads through a place: it may what the model says, and finds what was stored last.</summary>
    private string? Touch(int self, int place, ulong value)
    {
        bool present = model.Mappings.TryGetValue((self, place), out GrantModel.Mapping mapping);
        if (present && mapping.Writable)
            model.Pages[mapping.Frame].Value = value;
        if (Same("touch", TinyGuest.TryStore(TinyGuest.AddressOf(place), value), present && mapping.Writable) is { } wrong)
            return wrong;
        return present ? Same("load", TinyGuest.Load<ulong>(TinyGuest.AddressOf(place)) == model.Pages[mapping.Frame].Value, true) : null;
    }

    private string? Pin(int self, ulong frame, bool pin)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, new MmuExtendedOperation
            { Command = pin ? MmuExtendedCommand.PinL1Table : MmuExtendedCommand.UnpinTable, Argument1 = frame });
        long result = guests[self].Call(Hypercall.MmuExtendedOp, place, 1, 0, DomainIds.Self);
        return Same(pin ? "pin" : "unpin", result == 0, model.Pin(self, frame, pin));
    }

    private string? GiveUp(int self, ulong frame)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place + 64, frame);
        TinyGuest.Store(place, new MemoryReservation { ExtentStart = place + 64, ExtentCount = 1, Domain = DomainIds.Self });
        long result = guests[self].Call(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, place);
        return Same("give up", result == 1, model.GiveUp(self, frame));
    }

    private void Die(int self)
    {
        guests[self].Enter();
        GrantPair.Kill(guests[self]);
        model.Die(self);
    }
}
