using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>
/// What grants mean, in dictionaries: four domains, the frames they play with, their entries, page-table entries and handles. It knows nothing of
/// how the hypervisor does it: counts are counted here whenever somebody asks, by looking at all that could hold one.
/// </summary>
internal sealed class GrantModel
{
    private const GrantFlags Marks = GrantFlags.Reading | GrantFlags.Writing;

    /// <summary>A frame: whose, whether still allocated, whether pinned as a table, and its first word.</summary>
    internal sealed class Page
    {
        public int Owner;
        public bool Allocated = true;
        public bool Table;
        public ulong Value;
    }

    /// <summary>What one handle stands for.</summary>
    internal sealed record Handle(int Granter, uint Reference, ulong Frame, GrantMapFlags Flags);

    /// <summary>A grant entry.</summary>
    internal record struct Entry(GrantFlags Flags, int User, ulong Frame);

    /// <summary>A present page-table entry.</summary>
    internal readonly record struct Mapping(ulong Frame, bool Writable);

    /// <summary>Frames that somebody owns or owned.</summary>
    public Dictionary<ulong, Page> Pages { get; } = [];

    /// <summary>Entries by domain and reference.</summary>
    public Dictionary<(int Domain, uint Reference), Entry> Entries { get; } = [];

    /// <summary>Present entries by domain and page number.</summary>
    public Dictionary<(int Domain, int Place), Mapping> Mappings { get; } = [];

    /// <summary>Handles by domain and number.</summary>
    public Dictionary<(int Domain, uint Number), Handle> Handles { get; } = [];

    /// <summary>Domains that have died.</summary>
    public HashSet<int> Dead { get; } = [];

    private static bool Host(Handle handle) => (handle.Flags & GrantMapFlags.HostMap) != 0;

    private static bool Device(Handle handle) => (handle.Flags & GrantMapFlags.DeviceMap) != 0;

    private static bool ReadOnly(Handle handle) => (handle.Flags & GrantMapFlags.ReadOnly) != 0;

    /// <summary>Handles on one grant, with their users.</summary>
    private IEnumerable<KeyValuePair<(int Domain, uint Number), Handle>> On(int granter, uint reference)
        => Handles.Where(it => it.Value.Granter == granter && it.Value.Reference == reference);

    /// <summary>The four counts of a grant: mapped by processors for reading, for writing, for devices for reading, for writing.</summary>
    public (int HostRead, int HostWrite, int DeviceRead, int DeviceWrite) Pins(int granter, uint reference)
    {
        Handle[] on = [.. On(granter, reference).Select(it => it.Value)];
        return (on.Count(it => Host(it) && ReadOnly(it)), on.Count(it => Host(it) && !ReadOnly(it)),
            on.Count(it => Device(it) && ReadOnly(it)), on.Count(it => Device(it) && !ReadOnly(it)));
    }

    /// <summary>Handles of others on a domain's grants.</summary>
    public int Outstanding(int granter) => Handles.Values.Count(it => it.Granter == granter);

    /// <summary>Mappings and devices that may write to a frame.</summary>
    public int Writers(ulong frame)
        => Mappings.Values.Count(it => it.Frame == frame && it.Writable)
            + Handles.Values.Count(it => Device(it) && !ReadOnly(it) && it.Frame == frame);

    /// <summary>All that refers to a frame.</summary>
    public int References(ulong frame)
        => (Pages[frame].Allocated ? 1 : 0) + (Pages[frame].Table ? 1 : 0) + Mappings.Values.Count(it => it.Frame == frame)
            + Handles.Values.Count(it => Device(it) && it.Frame == frame);

    /// <summary>Whether a frame is a domain's.</summary>
    public bool Owns(int domain, ulong frame) => Pages.TryGetValue(frame, out Page? page) && page.Owner == domain && References(frame) != 0;

    private bool IsTable(ulong frame) => Pages[frame].Table;

    private void Settle(int granter, uint reference)
    {
        if (!Entries.TryGetValue((granter, reference), out Entry entry))
            return;
        (int hostRead, int hostWrite, int deviceRead, int deviceWrite) = Pins(granter, reference);
        if (hostRead + hostWrite + deviceRead + deviceWrite == 0)
            entry.Flags &= ~Marks;
        else if (hostWrite + deviceWrite == 0)
            entry.Flags &= ~GrantFlags.Writing;
        Entries[(granter, reference)] = entry;
    }

    /// <summary>A use of a grant begins: its frame, and the marks.</summary>
    private GrantStatus Begin(int user, int granter, uint reference, bool readOnly, GrantFlags refused, out ulong frame)
    {
        frame = 0;
        if (!Entries.TryGetValue((granter, reference), out Entry entry))
            return GrantStatus.BadGrantRef;
        var on = On(granter, reference).ToList();
        bool pinned = on.Count != 0, written = on.Any(it => !ReadOnly(it.Value));
        if (pinned && on[0].Key.Domain != user)
            return GrantStatus.GeneralError;
        if (!pinned || (!readOnly && !written))
        {
            bool permits = (entry.Flags & (GrantFlags.TypeMask | refused)) == GrantFlags.PermitAccess && entry.User == user;
            if ((!pinned && !permits) || (!readOnly && (entry.Flags & GrantFlags.ReadOnly) != 0))
                return GrantStatus.GeneralError;
            entry.Flags |= readOnly ? GrantFlags.Reading : Marks;
            Entries[(granter, reference)] = entry;
        }
        frame = pinned ? on[0].Value.Frame : entry.Frame;
        if (Owns(granter, frame))
            return GrantStatus.Okay;
        Settle(granter, reference);
        return pinned ? GrantStatus.GeneralError : GrantStatus.BadPage;
    }

    /// <summary>A mapping at a place, if any; `sound` says whether the place can be one. The number is what the hypervisor gave.</summary>
    public GrantStatus Map(int user, int granter, uint reference, GrantMapFlags flags, int place, bool sound, uint number)
    {
        var handle = new Handle(granter, reference, 0, flags);
        if (!Host(handle) && !Device(handle))
            return GrantStatus.BadGrantRef;
        if (Dead.Contains(granter))
            return GrantStatus.BadDomain;
        GrantStatus status = Begin(user, granter, reference, ReadOnly(handle), GrantFlags.SubPage, out ulong frame);
        if (status != GrantStatus.Okay)
            return status;
        if ((!ReadOnly(handle) && IsTable(frame)) || (Host(handle) && !sound))
        {
            Settle(granter, reference);
            return GrantStatus.GeneralError;
        }
        Handles[(user, number)] = handle with { Frame = frame };
        if (Host(handle))
            Mappings[(user, place)] = new Mapping(frame, !ReadOnly(handle));
        return GrantStatus.Okay;
    }

    /// <summary>Parts of a mapping end; -1 for no place, and for no replacement.</summary>
    public GrantStatus Unmap(int user, uint number, int place, ulong busFrame, int replacement)
    {
        if (!Handles.TryGetValue((user, number), out Handle? handle))
            return GrantStatus.BadHandle;
        bool host = place >= 0 && Host(handle), device = busFrame != 0 && Device(handle);
        if (device && busFrame != handle.Frame)
            return GrantStatus.BadDeviceAddress;
        if (host)
        {
            if (!Mappings.TryGetValue((user, place), out Mapping mapping) || mapping != new Mapping(handle.Frame, !ReadOnly(handle)))
                return GrantStatus.GeneralError;
            if (replacement >= 0 && ((handle.Flags & GrantMapFlags.ContainsPte) != 0 || replacement == place))
                return GrantStatus.GeneralError;
            Mappings.Remove((user, place));
            if (replacement >= 0 && Mappings.Remove((user, replacement), out Mapping moved))
                Mappings[(user, place)] = moved;
        }
        GrantMapFlags left = handle.Flags & ~((host ? GrantMapFlags.HostMap : 0) | (device ? GrantMapFlags.DeviceMap : 0));
        if ((left & (GrantMapFlags.HostMap | GrantMapFlags.DeviceMap)) == 0)
            Handles.Remove((user, number));
        else
            Handles[(user, number)] = handle with { Flags = left };
        if (host || device)
            Settle(handle.Granter, handle.Reference);
        return GrantStatus.Okay;
    }

    /// <summary>One side of a copy: a grant, or, with a negative granter, a frame of the user's own.</summary>
    internal readonly record struct Side(int Granter, uint Reference, ulong Frame);

    /// <summary>The first words are copied, unless the copy would not be `within` its pages.</summary>
    public GrantStatus Copy(int user, Side from, Side to, bool within)
    {
        if (Dead.Contains(from.Granter) || Dead.Contains(to.Granter))
            return GrantStatus.BadDomain;
        GrantStatus status = BeginSide(user, from, readOnly: true, out ulong source);
        if (status != GrantStatus.Okay)
            return status;
        status = BeginSide(user, to, readOnly: false, out ulong target);
        bool begun = status == GrantStatus.Okay;
        if (status == GrantStatus.Okay && IsTable(target))
            status = GrantStatus.GeneralError;
        if (status == GrantStatus.Okay && !within)
            status = GrantStatus.BadCopyArgument;
        if (status == GrantStatus.Okay)
            Pages[target].Value = Pages[source].Value;
        if (begun && to.Granter >= 0)
            Settle(to.Granter, to.Reference);
        if (from.Granter >= 0)
            Settle(from.Granter, from.Reference);
        return status;
    }

    private GrantStatus BeginSide(int user, Side side, bool readOnly, out ulong frame)
    {
        frame = side.Frame;
        if (side.Granter >= 0)
            return Begin(user, side.Granter, side.Reference, readOnly, GrantFlags.Invalid, out frame);
        return Owns(user, frame) ? GrantStatus.Okay : GrantStatus.BadPage;
    }

    /// <summary>A frame changes hands, or is lost; `exists` says whether the taker's record is still there.</summary>
    public GrantStatus Transfer(int giver, ulong frame, int taker, uint reference, bool exists)
    {
        if (!Owns(giver, frame) || !Pages[frame].Allocated || References(frame) != 1)
            return GrantStatus.BadPage;
        bool agrees = exists && Entries.TryGetValue((taker, reference), out Entry entry)
            && entry.Flags == GrantFlags.AcceptTransfer && entry.User == giver;
        if (Dead.Contains(taker) || !agrees)
        {
            Pages[frame].Allocated = false;
            return exists ? GrantStatus.GeneralError : GrantStatus.BadDomain;
        }
        Pages[frame].Owner = taker;
        const GrantFlags done = GrantFlags.AcceptTransfer | GrantFlags.TransferCommitted | GrantFlags.TransferCompleted;
        Entries[(taker, reference)] = new Entry(done, giver, frame);
        return GrantStatus.Okay;
    }

    /// <summary>Two entries change places.</summary>
    public GrantStatus Swap(int domain, uint first, uint second)
    {
        if (!Entries.ContainsKey((domain, first)) || !Entries.ContainsKey((domain, second)))
            return GrantStatus.BadGrantRef;
        if (first != second && (On(domain, first).Any() || On(domain, second).Any()))
            return GrantStatus.Again;
        (Entries[(domain, first)], Entries[(domain, second)]) = (Entries[(domain, second)], Entries[(domain, first)]);
        return GrantStatus.Okay;
    }

    /// <summary>A domain writes a mapping of its own, or takes one away (frame 0); true if it may.</summary>
    public bool Write(int domain, int place, ulong frame, bool writable)
    {
        if (frame != 0 && (!Owns(domain, frame) || (writable && IsTable(frame))))
        {
            // The very same mapping again is no new one, whoever's frame it is.
            return Mappings.GetValueOrDefault((domain, place)) == new Mapping(frame, writable);
        }
        Mappings.Remove((domain, place));
        if (frame != 0)
            Mappings[(domain, place)] = new Mapping(frame, writable);
        return true;
    }

    /// <summary>A frame becomes a table, or stops being one.</summary>
    public bool Pin(int domain, ulong frame, bool pin)
    {
        bool may = Owns(domain, frame) && Pages[frame].Table != pin && (!pin || Writers(frame) == 0);
        if (may)
            Pages[frame].Table = pin;
        return may;
    }

    /// <summary>A domain gives a frame up.</summary>
    public bool GiveUp(int domain, ulong frame)
    {
        bool may = Owns(domain, frame) && Pages[frame].Allocated;
        if (may)
            Pages[frame].Allocated = false;
        return may;
    }

    /// <summary>A domain dies and is torn down.</summary>
    public void Die(int domain)
    {
        Dead.Add(domain);
        foreach ((int, uint) entry in Entries.Keys.Where(it => it.Domain == domain).ToList())
            Entries.Remove(entry);
        foreach ((int, int) place in Mappings.Keys.Where(it => it.Domain == domain).ToList())
            Mappings.Remove(place);
        foreach (((int, uint) number, Handle handle) in Handles.Where(it => it.Key.Domain == domain).ToList())
        {
            Handles.Remove(number);
            Settle(handle.Granter, handle.Reference);
        }
        foreach (Page page in Pages.Values.Where(it => it.Owner == domain))
            page.Allocated = page.Table = false;
    }
}
