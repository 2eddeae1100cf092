using System;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// Recounts every frame's references and typed references from scratch, by walking all that can hold one, and compares with what the frame table
/// says: the invariant of <see cref="FrameTable"/> as a program. What the dead still hold counts as wrong too (<see cref="Remains"/>).
/// </summary>
public static class InvariantWalk
{
    /// <summary>Runs the walk over memory taken for it and writes the result on the console.</summary>
    public static void Report()
    {
        if (!TemporaryMemory.TryTake(FrameTable.All.Length * 8, out TemporaryMemory memory))
        {
            Log.Always().Text("no memory in one piece to recount in"u8).End();
            return;
        }
        ulong wrong = Count(memory.Numbers, out Mfn first);
        memory.Give();
        wrong += Remains.Report();
        Log line = Log.Always().Text("frames recounted: "u8).Number(wrong).Text(" disagree"u8);
        if (first.Value != 0)
            line.Text(", the first is "u8).Hex(first.Value).Text(" with state "u8).Hex(FrameTable.Of(first).State);
        line.End();
    }

    /// <summary>Recounts into a table as long as the frame table; returns how many frames disagree and the first of them.</summary>
    public static ulong Count(Table<ulong> counted, out Mfn first)
    {
        for (ulong number = 0; number < counted.Length; number++)
            counted[number] = 0;
        for (ulong number = 0; number < FrameTable.All.Length; number++)
            CountTable(counted, new Mfn(number));
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
            CountDomain(counted, ref domain.Value);
        return Compare(counted, out first);
    }

    private static void CountTable(Table<ulong> counted, Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        if (frame.Has(Frame.Allocated))
            counted[mfn.Value] += Frame.CountUnit;
        if (frame.Has(Frame.Pinned))
            counted[mfn.Value] += Frame.Both;
        if (frame.TypeCount == 0 || frame.Type is < FrameType.L1 or > FrameType.L4)
            return;
        Span<ulong> table = DirectMap.Table(mfn);
        if (frame.Has(Frame.Partly))
        {
            counted[mfn.Value] += Frame.Both;
            table = table[..frame.Place];
        }
        for (int index = 0; index < table.Length; index++)
        {
            bool hypervisors = frame.Type == FrameType.L4 && unchecked((uint)(index - Layout.FirstSlot)) < Layout.SlotCount;
            if (!hypervisors && (table[index] & PageTableEntry.Present) != 0)
                CountEntry(counted, table[index], frame.Type);
        }
    }

    private static void CountEntry(Table<ulong> counted, ulong entry, FrameType type)
    {
        Mfn target = PageTableEntry.FrameOf(entry);
        if (!FrameTable.Exists(target) || FrameTable.Of(target).Owner == DomainIds.Io)
            return;
        bool typed = type != FrameType.L1 || (entry & PageTableEntry.Writable) != 0;
        counted[target.Value] += typed ? Frame.Both : Frame.CountUnit;
        // A mapping with another cache attribute than the frame has is as wrong as one that was not counted.
        if (type == FrameType.L1 && (entry & PageTableEntry.CacheMask) != CacheAttributes.Of(FrameTable.Of(target)))
            counted[target.Value] |= 1ul << 63;
    }

    private static void CountDomain(Table<ulong> counted, ref Domain domain)
    {
        CountHeld(counted, domain.SharedInfoFrame);
        for (int index = 0; index < domain.Grants.FrameCount; index++)
            CountHeld(counted, domain.Grants[index]);
        CountHeld(counted, domain.Console.Frame);
        CountHeld(counted, domain.Store.Frame);
        CountHeld(counted, domain.Interrupts.EoiMapFrame);
        for (uint page = 0; page < domain.Events.WordPages; page++)
            CountHeld(counted, domain.Events.WordFrame(page));
        CountMappings(counted, domain.Grants.Maptrack);
        for (uint number = 0; number < domain.VcpuCount; number++)
            CountVcpu(counted, ref domain.Vcpu(number));
    }

    /// <summary>What is mapped for devices holds references too; what is mapped for processors is counted by its entries.</summary>
    /// <summary>A frame that a record names, or none.</summary>
    private static void CountHeld(Table<ulong> counted, Mfn frame)
    {
        if (frame.Value != 0)
            counted[frame.Value] += Frame.Both;
    }

    private static void CountMappings(Table<ulong> counted, in Maptrack mappings)
    {
        for (uint handle = 0; mappings.Count != 0 && handle < mappings.Capacity; handle++)
        {
            GrantMapping mapping = mappings.At(handle);
            if ((mapping.Flags & GrantMapFlags.DeviceMap) != 0 && DomainTable.TryFind(mapping.Granter, out Link<Domain> granter))
                counted[granter.Value.Grants.Active(mapping.Reference).Frame] += mapping.IsReadOnly ? Frame.CountUnit : Frame.Both;
        }
    }

    private static void CountVcpu(Table<ulong> counted, ref VirtualCpu vcpu)
    {
        CountHeld(counted, Mfn.Of(vcpu.KernelRoot));
        CountHeld(counted, Mfn.Of(vcpu.UserRoot));
        if (vcpu.Events.HasOwnInfo)
            counted[vcpu.Events.InfoFrame.Value] += Frame.Both;
        if (!vcpu.Events.Fifo.Control.IsNull)
            counted[vcpu.Events.Fifo.ControlFrame.Value] += Frame.Both;
        for (int page = 0; page < (int)GuestDescriptors.PagesOf(vcpu.Descriptors.GlobalEntries); page++)
            counted[vcpu.Descriptors.GlobalFrames[page]] += Frame.Both;
        for (int page = 0; page < 16; page++)
        {
            if ((vcpu.Descriptors.LocalPresent >> page & 1) != 0)
                counted[vcpu.Descriptors.LocalFrames[page]] += Frame.Both;
        }
    }

    private static ulong Compare(Table<ulong> counted, out Mfn first)
    {
        first = default;
        ulong wrong = 0;
        for (ulong number = 0; number < counted.Length; number++)
        {
            ref Frame frame = ref FrameTable.All[number];
            if (frame.Owner >= DomainIds.FirstReserved || (frame.State & (Frame.CountMask | Frame.TypeCountMask)) == counted[number])
                continue;
            if (wrong++ == 0)
                first = new Mfn(number);
        }
        return wrong;
    }
}
