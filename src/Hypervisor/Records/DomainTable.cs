using System;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Records;

/// <summary>
/// All domains, by id and by name. What was left for an id whose domain is gone is not for the next one that has it: births are counted, and so tell
/// the domains of an id apart (docs/decisions/ids.md).
/// </summary>
public static class DomainTable
{
    /// <summary>Ids run from 0 to one below this.</summary>
    public const int Capacity = 2048;

    /// <summary>Domains by id.</summary>
    public static ref Table<Link<Domain>> All => ref RecordsState.Now.DomainTableAll;

    /// <summary>How many domains have been made.</summary>
    public static uint Births => RecordsState.Now.DomainTableBirths;

    /// <summary>The first domain of each group of names, as its id plus one, or 0; the others follow by Domain.NextInBucket.</summary>
    private static ref NameBuckets Buckets => ref RecordsState.Now.DomainTableBuckets;

    private const int Groups = 1024;

    /// <summary>A domain for each group of names.</summary>
    [InlineArray(Groups)]
    public struct NameBuckets
    {
        private ushort element;
    }

    /// <summary>Begins with an empty table.</summary>
    public static void Initialise(Table<Link<Domain>> memory)
    {
        All = memory;
        Buckets = default;
    }

    /// <summary>A new domain, which has its id and its name, can be found from now on; it is told which one it is of all that have been.</summary>
    public static void Enter(ref Domain domain)
    {
        domain.Birth = ++RecordsState.Now.DomainTableBirths;
        All[domain.Id] = Link<Domain>.To(ref domain);
        ref ushort first = ref Buckets[BucketOf(domain.NameText)];
        domain.NextInBucket = first;
        first = (ushort)(domain.Id + 1);
    }

    /// <summary>A domain cannot be found any more.</summary>
    public static void Forget(ref Domain domain)
    {
        ref ushort place = ref Buckets[BucketOf(domain.NameText)];
        while (place != domain.Id + 1)
            place = ref All[place - 1u].Value.NextInBucket;
        place = domain.NextInBucket;
        All[domain.Id] = default;
    }

    /// <summary>Finds a domain; false where there is none of that id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(ushort id, out Link<Domain> domain)
    {
        HypervisorLock.DemandInTests();
        Table<Link<Domain>> domains = All;
        domain = id < domains.Length ? domains[id] : default;
        return !domain.IsNull;
    }

    /// <summary>Finds the first domain with an id of at least `id`.</summary>
    public static bool TryFindFrom(uint id, out Link<Domain> domain)
    {
        domain = default;
        for (; id < All.Length; id++)
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
        for (uint place = Buckets[BucketOf(name)]; place != 0; place = domain.Value.NextInBucket)
        {
            domain = All[place - 1];
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
        return (int)(hash % Groups);
    }
}
