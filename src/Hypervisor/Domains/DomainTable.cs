using System;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// All domains, by id. A domain is one frame, made here and given back here; ids are not used again before all others have been. What was left for
/// an id whose domain is gone is not for the next one that has it: births are counted, and so tell the domains of an id apart
/// (docs/decisions/ids.md).
/// </summary>
public static class DomainTable
{
    /// <summary>Ids run from 0 to one below this.</summary>
    public const int Capacity = 2048;

    private static ushort lastId;
    private static bool idsComeAgain;

    /// <summary>How many domains have been made.</summary>
    public static uint Births { get; private set; }

    /// <summary>The first domain of each group of names, as its id plus one, or 0; the others follow by Domain.NextInBucket.</summary>
    private static readonly ushort[] buckets = new ushort[1024];

    /// <summary>Begins with an empty table.</summary>
    public static void Initialise(Table<Link<Domain>> memory)
    {
        State.Domains = memory;
        ((Span<ushort>)buckets).Clear();
    }

    /// <summary>Finds a domain; false where there is none of that id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(ushort id, out Link<Domain> domain)
    {
        HypervisorLock.Demand();
        Table<Link<Domain>> domains = State.Domains;
        domain = id < domains.Length ? domains[id] : default;
        return !domain.IsNull;
    }

    /// <summary>Finds the first domain with an id of at least `id`.</summary>
    public static bool TryFindFrom(uint id, out Link<Domain> domain)
    {
        domain = default;
        for (; id < State.Domains.Length; id++)
        {
            if (TryFind((ushort)id, out domain))
                return true;
        }
        return false;
    }

    /// <summary>Finds a domain by name.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out Link<Domain> domain)
    {
        domain = default;
        for (uint place = buckets[BucketOf(name)]; place != 0; place = domain.Value.NextInBucket)
        {
            domain = State.Domains[place - 1];
            if (domain.Value.NameText.SequenceEqual(name))
                return true;
        }
        domain = default;
        return false;
    }

    private static int BucketOf(ReadOnlySpan<byte> name)
    {
        uint hash = 0;
        foreach (byte letter in name)
            hash = unchecked(hash * 31 + letter);
        return (int)(hash % (uint)buckets.Length);
    }

    /// <summary>Makes an empty domain. Errors: NoMem, NoSpc where all ids are in use.</summary>
    public static Errno Create(ReadOnlySpan<byte> name, bool initial, out Link<Domain> link)
    {
        link = default;
        if (Births == uint.MaxValue || !TryChooseId(initial, out ushort id))
            return Errno.NoSpc;
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return Errno.NoMem;
        DirectMap.Frame(frame).Clear();
        link = DirectMap.LinkTo<Domain>(frame.Address);
        ref Domain domain = ref link.Value;
        domain.Id = id;
        domain.Birth = ++Births;
        domain.HasPredecessor = idsComeAgain;
        domain.FirstFrame = Frame.Nil;
        domain.Module = -1;
        domain.Share = DomainShare.Usual;
        name.CopyTo(domain.Name.AsSpan());
        domain.NameLength = (byte)name.Length;
        State.Domains[id] = link;
        ref ushort first = ref buckets[BucketOf(name)];
        domain.NextInBucket = first;
        first = (ushort)(id + 1);
        return Errno.None;
    }

    /// <summary>Removes a domain whose frames have all come back.</summary>
    public static void Remove(ref Domain domain)
    {
        Unname(ref domain);
        State.Domains[domain.Id] = default;
        FrameAllocator.Free(Mfn.Of(DirectMap.PhysicalAddress(ref domain)), 0);
    }

    private static void Unname(ref Domain domain)
    {
        ref ushort place = ref buckets[BucketOf(domain.NameText)];
        while (place != domain.Id + 1)
            place = ref State.Domains[place - 1u].Value.NextInBucket;
        place = domain.NextInBucket;
    }

    private static bool TryChooseId(bool initial, out ushort id)
    {
        id = 0;
        if (initial)
            return State.Domains[0].IsNull;
        for (int turn = 1; turn < Capacity; turn++)
        {
            idsComeAgain |= lastId + 1 == Capacity;
            lastId = (ushort)(lastId + 1 == Capacity ? 1 : lastId + 1);
            id = lastId;
            if (State.Domains[id].IsNull)
                return true;
        }
        return false;
    }
}
