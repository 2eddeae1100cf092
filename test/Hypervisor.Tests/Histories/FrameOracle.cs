using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>
/// What the frame table must say, found without it: from everything that names a frame (roots, pins, descriptor tables, shared records), down through
/// the entries of the tables as the processor would walk them. A frame that would be two things at once, or somebody else's, is a violation.
/// </summary>
internal sealed class FrameOracle
{
    private readonly uint[] references = new uint[FrameTable.All.Length];
    private readonly uint[] typed = new uint[FrameTable.All.Length];
    private readonly Dictionary<ulong, ulong> attributes = [];
    private readonly FrameType[] uses = new FrameType[FrameTable.All.Length];
    private readonly List<string> violations = [];
    private readonly GrantedFrames granted = new();

    private FrameOracle()
    {
    }

    /// <summary>Everything that is wrong now; `recount` is a table as long as the frame table for the hypervisor's own recount.</summary>
    public static IReadOnlyList<string> Look(Table<ulong>? recount)
    {
        var oracle = new FrameOracle();
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
            oracle.CountDomain(ref domain.Value);
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            if (Remains.CountOf(ref domain.Value) is var held and not 0)
                oracle.violations.Add($"d{domain.Value.Id} has ended and holds {held} things");
        }

        oracle.violations.AddRange(oracle.granted.Violations());
        oracle.Compare();
        for (uint processor = 0; processor < Processors.All.Length; processor++)
        {
            oracle.CheckRemembered(processor);
            oracle.CheckWindow(processor);
            oracle.CheckRoots(processor);
        }
        if (recount is { } table && InvariantWalk.Count(table, out Mfn first) is var wrong and not 0)
            oracle.violations.Add($"the hypervisor's own recount disagrees on {wrong} frames, the first is {first.Value:x}");
        return oracle.violations;
    }

    private void CountDomain(ref Domain domain)
    {
        CountList(ref domain);
        UseShared(domain.SharedInfoFrame, ref domain);
        UseShared(domain.Console.Frame, ref domain);
        UseShared(domain.Store.Frame, ref domain);
        UseShared(domain.Interrupts.EoiMapFrame, ref domain);
        for (int index = 0; index < domain.Grants.FrameCount; index++)
            Use(domain.Grants[index], FrameType.Writable, ref domain);
        for (uint page = 0; page < domain.Events.WordPages; page++)
            Use(domain.Events.WordFrame(page), FrameType.Writable, ref domain);
        for (uint number = 0; number < domain.VcpuCount; number++)
            CountVcpu(ref domain.Vcpu(number));
        CountDevices(ref domain);
    }

    private void UseShared(Mfn frame, ref Domain domain)
    {
        if (frame.Value != 0)
            Use(frame, FrameType.Writable, ref domain);
    }

    private void CountVcpu(ref VirtualCpu vcpu)
    {
        ref Domain domain = ref vcpu.Domain;
        foreach (ulong root in (ulong[])[vcpu.KernelRoot, vcpu.UserRoot])
        {
            if (root != 0)
                Use(Mfn.Of(new(root)), FrameType.L4, ref domain);
        }
        if (vcpu.Events.HasOwnInfo)
            Use(vcpu.Events.InfoFrame, FrameType.Writable, ref domain);
        if (!vcpu.Events.Fifo.Control.IsNull)
            Use(vcpu.Events.Fifo.ControlFrame, FrameType.Writable, ref domain);
        for (int page = 0; page < (vcpu.Descriptors.GlobalEntries + 511) / 512; page++)
            Use(new Mfn(vcpu.Descriptors.GlobalFrames[page]), FrameType.Descriptors, ref domain);
        for (int page = 0; page < 16; page++)
        {
            if ((vcpu.Descriptors.LocalPresent >> page & 1) != 0)
                Use(new Mfn(vcpu.Descriptors.LocalFrames[page]), FrameType.Descriptors, ref domain);
        }
    }

    private void CountList(ref Domain domain)
    {
        ulong count = 0;
        uint number = domain.Memory.FirstFrame;
        for (; number != Frame.Nil && count <= FrameTable.All.Length; number = FrameTable.All[number].Next, count++)
        {
            ref Frame frame = ref FrameTable.All[number];
            if (frame.Owner != domain.Id)
                violations.Add($"frame {number:x} is on the list of d{domain.Id} and owned by {frame.Owner:x}");
            if (frame.Has(Frame.Allocated))
                references[number]++;
            if (frame.Has(Frame.Pinned))
                Use(new Mfn(number), frame.Type, ref domain);
            if (frame.Has(Frame.Partly))
                UsePartly(new Mfn(number), ref domain);
        }
        if (count != domain.Memory.PageCount)
            violations.Add($"d{domain.Id} has {count} frames on its list and counts {domain.Memory.PageCount}");
    }

    /// <summary>Whether a domain has another one's frame mapped by a grant: a handle says so, and which way.</summary>
    private static bool IsGranted(Mfn frame, ref Domain domain, bool writable)
    {
        ref Maptrack mappings = ref domain.Grants.Maptrack;
        for (uint handle = 0; handle < mappings.Capacity; handle++)
        {
            GrantMapping mapping = mappings.At(handle);
            if ((mapping.Flags & GrantMapFlags.HostMap) == 0 || (writable && mapping.IsReadOnly)
                || !DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
                continue;
            if (granter.Value.Grants.Active(mapping.Reference).Frame == frame.Value)
                return true;
        }

        return false;
    }

    /// <summary>What domains have mapped for devices holds references without an entry.</summary>
    private void CountDevices(ref Domain domain)
    {
        ref Maptrack mappings = ref domain.Grants.Maptrack;
        for (uint handle = 0; handle < mappings.Capacity; handle++)
        {
            GrantMapping mapping = mappings.At(handle);
            if ((mapping.Flags & GrantMapFlags.DeviceMap) == 0 || !DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
                continue;
            var frame = new Mfn(granter.Value.Grants.Active(mapping.Reference).Frame);
            if (mapping.IsReadOnly)
                references[frame.Value]++;
            else
                Use(frame, FrameType.Writable, ref granter.Value);
        }
    }

    private bool IsOthers(Mfn frame, ref Domain domain, string what)
    {
        if (frame.Value < FrameTable.All.Length && (FrameTable.All[frame.Value].Owner == domain.Id
            || (domain.Rights.HasHardware && FrameTable.All[frame.Value].Owner < DomainIds.FirstReserved)))
            return false;
        violations.Add($"d{domain.Id} has frame {frame.Value:x} {what}, which is not its own");
        return true;
    }

    /// <summary>The same for a mapping, which may also be by a grant.</summary>
    private bool IsOthersMapped(Mfn frame, ref Domain domain, string what, bool writable)
        => !(frame.Value < FrameTable.All.Length && FrameTable.All[frame.Value].Owner != domain.Id && IsGranted(frame, ref domain, writable))
            && IsOthers(frame, ref domain, what);

    private void Use(Mfn frame, FrameType type, ref Domain domain)
    {
        if (!IsOthers(frame, ref domain, $"as {type}"))
            Count(frame, type, ref domain);
    }

    private void Count(Mfn frame, FrameType type, ref Domain domain)
    {
        references[frame.Value]++;
        typed[frame.Value]++;
        if (uses[frame.Value] == FrameType.None)
        {
            uses[frame.Value] = type;
            if (type is >= FrameType.L1 and <= FrameType.L4)
                CountTable(frame, type, ref domain);
            else if (type == FrameType.Descriptors)
                CheckDescriptors(frame);
        }
        else if (uses[frame.Value] != type)
            violations.Add($"frame {frame.Value:x} is {uses[frame.Value]} and {type} at once");
    }

    /// <summary>A partly validated table has one reference, its own, and its first entries theirs; nothing else may use it.</summary>
    private void UsePartly(Mfn frame, ref Domain domain)
    {
        ref Frame record = ref FrameTable.All[frame.Value];
        references[frame.Value]++;
        typed[frame.Value]++;
        if (uses[frame.Value] != FrameType.None || record.Has(Frame.Validated) || record.Type is < FrameType.L2 or > FrameType.L4)
            violations.Add($"frame {frame.Value:x} is partly {record.Type} and in use as {uses[frame.Value]}");
        uses[frame.Value] = record.Type;
        CountTable(frame, record.Type, ref domain, record.Place);
    }

    private void CountTable(Mfn table, FrameType level, ref Domain domain, int count = 512)
    {
        Span<ulong> entries = Arena.Words(table);
        for (int index = 0; index < count; index++)
        {
            ulong entry = entries[index];
            if (level == FrameType.L4 && index is >= Layout.FirstSlot and < Layout.FirstSlot + Layout.SlotCount)
            {
                if (!FrameTable.All[table.Value].Has(Frame.Partly) && entry != Arena.Words(HypervisorTables.Root)[index])
                    violations.Add($"the hypervisor's slot {index} of table {table.Value:x} is {entry:x}");
            }
            else if ((entry & PageTableEntry.Present) != 0)
                CountEntry(table, entry, level, ref domain);
        }
    }

    private void CountEntry(Mfn table, ulong entry, FrameType level, ref Domain domain)
    {
        const ulong large = 128;
        Mfn target = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.User) == 0 || (level != FrameType.L1 && (entry & large) != 0))
            violations.Add($"entry {entry:x} of table {table.Value:x} at level {level}");
        if (level != FrameType.L1)
            Use(target, level - 1, ref domain);
        else if (target.Value >= FrameTable.All.Length || FrameTable.All[target.Value].Owner == DomainIds.Io)
        {
            if (!domain.Rights.HasHardware || target.Value is 0xfee00 or 0xfec00)
                violations.Add($"d{domain.Id} maps device frame {target.Value:x}");
        }
        else if (IsOthersMapped(target, ref domain, "mapped", (entry & PageTableEntry.Writable) != 0))
            return;
        else
        {
            CheckAttribute(target, entry);
            CountMapping(target, (entry & PageTableEntry.Writable) != 0, ref domain);
        }
    }

    /// <summary>All entries of a frame choose the same cache attribute; a table's is write-back.</summary>
    private void CheckAttribute(Mfn target, ulong entry)
    {
        ulong attribute = entry & PageTableEntry.CacheMask;
        if (attributes.TryAdd(target.Value, attribute) ? attribute != 0 && FrameTable.Of(target).IsProtected : attributes[target.Value] != attribute)
            violations.Add($"frame {target.Value:x} is mapped by {entry:x}, with another cache attribute than elsewhere");
    }

    private void CountMapping(Mfn target, bool writable, ref Domain domain)
    {
        granted.NoteEntry(ref domain, target, writable);
        if (FrameTable.All[target.Value].Owner != domain.Id && !domain.Memory.MapsForeign)
            violations.Add($"d{domain.Id} maps frame {target.Value:x} of d{FrameTable.Of(target).Owner}, and its processors would not be asked");
        if (writable)
            Count(target, FrameType.Writable, ref domain);
        else
            references[target.Value]++;
    }

    private void CheckDescriptors(Mfn frame)
    {
        const ulong present = 1ul << 47, segment = 1ul << 44, ring3 = 3ul << 45;
        foreach (ulong descriptor in Arena.Words(frame))
        {
            if ((descriptor & present) != 0 && (descriptor & (segment | ring3)) != (segment | ring3))
                violations.Add($"descriptor {descriptor:x} in frame {frame.Value:x}");
        }
    }

    private void Compare()
    {
        ulong free = 0;
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            free -= domain.Value.Memory.Extent.Left;
            for (uint vcpu = 0; vcpu < domain.Value.VcpuCount; vcpu++)
                free -= domain.Value.Vcpu(vcpu).Exchange.Left;
        }
        for (ulong number = 0; number < FrameTable.All.Length; number++)
        {
            ref Frame frame = ref FrameTable.All[number];
            free += frame.Owner == DomainIds.Invalid ? 1ul : 0;
            if (frame.Owner == DomainIds.Invalid && !frame.Has(Frame.Used | Frame.Fresh) && !Scrubber.IsClearing(number, number + 1)
                && Arena.Words(new Mfn(number)).ContainsAnyExcept(0ul))
                violations.Add($"frame {number:x} is free and said to be clean, and is not");
            if (frame.Owner < DomainIds.FirstReserved
                && (frame.Count != references[number] || frame.TypeCount != typed[number] || (typed[number] != 0 && frame.Type != uses[number])))
            {
                violations.Add($"frame {number:x} of d{frame.Owner} is {frame.Type} {frame.Count}/{frame.TypeCount}, found"
                    + $" {uses[number]} {references[number]}/{typed[number]}");
            }
        }
        if (free != FrameAllocator.FreeCount)
            violations.Add($"{free} frames are free and {FrameAllocator.FreeCount} counted");
    }

    /// <summary>What a processor remembers must not reach a table, descriptors, another's frame or the hypervisor's.</summary>
    private void CheckRemembered(uint processor)
    {
        Link<VirtualCpu> loaded = LoadedVcpus.All[processor];
        foreach ((ulong page, Translation translation) in Translations.PagesOf(processor))
        {
            if (translation.Frame.Value >= FrameTable.All.Length || FrameTable.Of(translation.Frame).Owner is DomainIds.Io or DomainIds.Invalid)
                continue;
            if (loaded.IsNull)
                violations.Add($"processor {processor} holds nobody and remembers page {page:x}");
            else if (loaded.Value.Domain.Stage == DomainStage.Dying
                || !IsOthersMapped(translation.Frame, ref loaded.Value.Domain, $"remembered at page {page:x}", translation.Writable))
                CheckStale(processor, translation, page);
        }
        foreach ((ulong table, int level) in Translations.TablesOf(processor))
        {
            if (FrameTable.All[table].Owner == DomainIds.Invalid || loaded.IsNull)
                continue;
            if (!IsOthers(new Mfn(table), ref loaded.Value.Domain, "remembered as a table") && uses[table] == FrameType.Writable)
                violations.Add($"frame {table:x} is remembered by processor {processor} as a table of level {level} and writable");
        }
    }

    private void CheckStale(uint processor, Translation translation, ulong page)
    {
        if (translation.Writable && uses[translation.Frame.Value] is not (FrameType.None or FrameType.Writable))
        {
            violations.Add($"page {page:x} is remembered writable by processor {processor}, and frame {translation.Frame.Value:x} is"
                + $" {uses[translation.Frame.Value]}");
        }
    }

    /// <summary>What a processor would load for whom it holds is what that one has named, or a copy of it without the hypervisor.</summary>
    private void CheckRoots(uint processor)
    {
        if (LoadedVcpus.All[processor].IsNull)
            return;
        ref VirtualCpu vcpu = ref LoadedVcpus.All[processor].Value;
        ref ProcessorState state = ref Processors.All[processor].Value;
        if (!IsLoadedFor(vcpu.KernelRoot, vcpu.LoadedKernelRoot, state.KernelTable)
            || !IsLoadedFor(vcpu.UserRoot, vcpu.LoadedUserRoot, state.UserTable))
            violations.Add($"processor {processor} would load {vcpu.LoadedKernelRoot:x} and {vcpu.LoadedUserRoot:x}");
    }

    private static IEnumerable<(int, ulong)> PresentIn(Mfn table) => Arena.Words(table).ToArray().Select((entry, index) => (index, entry))
        .Where(it => (it.entry & PageTableEntry.Present) != 0 && it.index is < Layout.FirstSlot or >= Layout.FirstSlot + Layout.SlotCount);

    private static bool IsLoadedFor(ulong named, ulong loaded, Mfn copy)
    {
        if (!SplitTables.AreOn || named == 0)
            return loaded == named;
        return loaded == copy.Address && PresentIn(Mfn.Of(new(named))).SequenceEqual(PresentIn(copy));
    }

    /// <summary>A window shows descriptors of the one whose state its processor holds, and nothing else.</summary>
    private void CheckWindow(uint processor)
    {
        for (uint page = 0; page < 32; page++)
        {
            const uint reserved = 14;
            if (page == reserved || DescriptorTables.Shown(Processors.All[processor].Value, page) is not { } frame)
                continue;
            Link<VirtualCpu> loaded = LoadedVcpus.All[processor];
            if (loaded.IsNull)
                violations.Add($"processor {processor} holds nobody and shows frame {frame.Value:x}");
            else if (!IsOthers(frame, ref loaded.Value.Domain, "shown as descriptors") && uses[frame.Value] != FrameType.Descriptors)
                violations.Add($"processor {processor} shows frame {frame.Value:x}, which is {uses[frame.Value]}");
        }
    }
}
