using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// The top-level table that a guest names and the one that the processor loads while the guest runs are two things. The named one is the
/// guest's frame: it holds the typed reference, it is what the guest reads and asks to change, and the hypervisor works in it. Where tables are not
/// split the two are the same table.
///
/// Theory. Where they are, each processor has two tables of its own to load (<see cref="SplitTables"/>), with the hypervisor's slots as they are
/// to be while guests run, and in the others a copy of what its virtual CPU has named. For every processor that holds a virtual CPU, whenever the
/// lock is free: the present entries of each of its two tables, but for the hypervisor's, are those of the table that the virtual CPU names. So
/// what a copy names holds the references that the named table has taken, and needs none of its own. A named table cannot become anything else
/// while it is named; its entries change in <see cref="Store"/>, and the copies with them before what the old entry named is given back; names
/// change in the three others. The processor sets no bit in an entry of level 4, since all are stored as accessed, so nothing is to be carried back.
/// </summary>
public static class LoadedRoots
{
    /// <summary>A processor comes to hold a virtual CPU.</summary>
    public static void Follow(ref VirtualCpu vcpu)
    {
        FollowKernel(ref vcpu);
        FollowUser(ref vcpu);
    }

    /// <summary>The guest names another table for the kernel of a virtual CPU that a processor holds.</summary>
    public static void FollowKernel(ref VirtualCpu vcpu)
        => vcpu.LoadedKernelRoot = SplitTables.AreOn ? Copy(vcpu.KernelRoot, vcpu.Processor.Value.KernelTable) : vcpu.KernelRoot;

    /// <summary>The same for its applications.</summary>
    public static void FollowUser(ref VirtualCpu vcpu)
        => vcpu.LoadedUserRoot = SplitTables.AreOn ? Copy(vcpu.UserRoot, vcpu.Processor.Value.UserTable) : vcpu.UserRoot;

    /// <summary>
    /// Makes a processor's table a copy of a named one, empty groups of entries passed; returns its address, or 0 for none. A guest can name two full
    /// tables in turn in each operation of a batch, so it is charged.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MachineAddress Copy(MachineAddress root, Mfn copy)
    {
        if (root == 0)
            return default;
        Mfn named = Mfn.Of(root);
        Span<ulong> from = DirectMap.Table(named), to = DirectMap.Table(copy);
        int present = TableScan.Next(named, 0), stale = TableScan.Next(copy, 0);
        ulong groups = 0;
        while (true)
        {
            int start = present < stale ? present : stale;
            if (start >= PageTableEntry.Count)
            {
                Preemption.Charge(unchecked(Cost.RootCopy + groups * Cost.RootGroup));
                return copy.Address;
            }
            groups = unchecked(groups + 1);
            if (!TableWalk.IsHypervisors(start))
                from.Slice(start, TableScan.GroupSize).CopyTo(to.Slice(start));
            int next = start + TableScan.GroupSize;
            present = present == start ? TableScan.Next(named, next) : present;
            stale = stale == start ? TableScan.Next(copy, next) : stale;
        }
    }

    /// <summary>
    /// Stores an entry of a validated table of level 4 and tells the former one: the one place where such an entry changes. `keep` names bits of
    /// the old entry to carry over. A table that is being validated or taken apart is nobody's root, and its entries need not come here.
    /// </summary>
    public static ulong Store(ref ulong slot, ulong entry, ulong keep)
    {
        ulong old = Level1Entries.Keep(ref slot, entry, keep);
        if (SplitTables.AreOn)
            Spread(ref slot);
        return old;
    }

    /// <summary>Stores what an entry is now in all copies of its table.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spread(ref ulong slot)
    {
        var place = EntryPlace.Of(ref slot);
        Preemption.Charge(Cost.ProcessorSeen, Processors.All.Length);
        for (ulong number = 0; number < Processors.All.Length; number++)
        {
            if (LoadedVcpus.All[number].IsNull)
                continue;
            ref VirtualCpu vcpu = ref LoadedVcpus.All[number].Value;
            ref ProcessorState processor = ref Processors.All[number].Value;
            if (Mfn.Of(vcpu.KernelRoot) == place.Table)
                Volatile.Write(ref DirectMap.Table(processor.KernelTable)[place.Index], slot);
            if (Mfn.Of(vcpu.UserRoot) == place.Table)
                Volatile.Write(ref DirectMap.Table(processor.UserTable)[place.Index], slot);
        }
    }
}
