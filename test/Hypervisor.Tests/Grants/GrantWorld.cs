using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>Four domains that do the steps of a history, beside the model; after every step all that both know must agree.</summary>
internal sealed partial class GrantWorld
{
    /// <summary>Each plays with the frames and pages from here on, and with as many places that are empty at first.</summary>
    private const int FirstPage = 16, FirstWindow = 100, Count = 6;

    private const uint References = 6;

    private readonly List<TinyGuest> guests = [];
    private readonly List<ushort> ids = [];
    private readonly List<ulong> frames = [];
    private readonly GrantModel model = new();
    private readonly Table<ulong> recount;
    private readonly ulong freeAtFirst;

    /// <summary>How often what ended how.</summary>
    public Dictionary<string, int> Reached { get; } = [];

    public GrantWorld()
    {
        TestMachine.Start(mebibytes: 8);
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        freeAtFirst = FrameAllocator.FreeCount;
        for (int index = 0; index < 4; index++)
            Add(new TinyGuest($"guest{index}"), index);
    }

    private void Add(TinyGuest guest, int index)
    {
        guests.Add(guest);
        ids.Add(guest.Id);
        guest.Enter();
        var setup = new GrantSetupTable { Domain = DomainIds.Self, FrameCount = 1, FrameList = TinyGuest.AddressOf(TinyGuest.RecordFrame) + 256 };
        Assert.Equal(GrantStatus.Okay, guest.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, setup).Record.Status);
        for (uint reference = 0; reference < References; reference++)
            model.Entries[(index, reference)] = default;
        for (int page = FirstPage; page < FirstPage + Count; page++)
        {
            ulong frame = guest.Frames[page].Value;
            frames.Add(frame);
            model.Pages[frame] = new GrantModel.Page { Owner = index };
            model.Mappings[(index, page)] = new GrantModel.Mapping(frame, true);
        }
    }

    private static int Place(uint number)
        => number % (2 * Count) is var index && index < Count ? FirstPage + (int)index : FirstWindow + (int)index - Count;

    private ulong Frame(int domain, uint number)
        => number % 8 != 0 ? frames[(int)(domain * Count + number / 8 % Count)] : frames[(int)(number / 8 % (uint)frames.Count)];

    private ulong EntryAddress(int domain, int place) => guests[domain].Frames[3].Address + (ulong)place * 8;

    /// <summary>Does a step here and in the model; what they differ in, or null.</summary>
    public string? Do(GrantStep step)
    {
        int self = step.Domain % guests.Count;
        if (model.Dead.Contains(self))
            return null;
        guests[self].Enter();
        string? wrong = Perform(step, self);
        return wrong ?? Compare();
    }

    private string? Perform(GrantStep step, int self)
    {
        (uint a, uint b, uint c) = (step.A, step.B, step.C);
        switch (step.Deed)
        {
            case GrantDeed.Offer: Offer(self, a, b, c); return null;
            case GrantDeed.Map: return Map(self, a, b, c);
            case GrantDeed.Unmap: return Unmap(self, a, b, c);
            case GrantDeed.Copy: return Copy(self, a, b, c);
            case GrantDeed.Transfer: return Transfer(self, a, b, c);
            case GrantDeed.Swap: return Swap(self, a % (References + 1), b % References);
            case GrantDeed.Write: return Write(self, a, b, c);
            case GrantDeed.Touch: return Touch(self, Place(a), b & ~1u);
            case GrantDeed.Pin: return Pin(self, Frame(self, a), b % 2 == 0);
            case GrantDeed.GiveUp: return GiveUp(self, Frame(self, a));
            default:
                Die(self);
                return null;
        }
    }

    private string? Same<T>(string what, T got, T expected)
    {
        string key = $"{what}: {got}";
        Reached[key] = Reached.GetValueOrDefault(key) + 1;
        return EqualityComparer<T>.Default.Equals(got, expected) ? null : $"{what} answers {got}, the model says {expected}";
    }

    private T Ask<T>(int self, GrantTableCommand command, T record)
        where T : unmanaged
    {
        (long result, T answer) = guests[self].Ask(Hypercall.GrantTableOp, (ulong)command, record);
        Assert.Equal(0, result);
        return answer;
    }

    /// <summary>Everything that both know.</summary>
    private string? Compare()
    {
        for (int index = 0; index < guests.Count; index++)
        {
            if (DomainTable.TryFind(ids[index], out Link<Domain> domain) && CompareDomain(ref domain.Value, index) is { } wrong)
                return $"domain {index}: {wrong}";
        }
        foreach ((ulong number, GrantModel.Page page) in model.Pages)
        {
            if (CompareFrame(number, page) is { } wrong)
                return $"frame {number:x}: {wrong}";
        }
        return InvariantWalk.Count(recount, out Mfn first) == 0 ? null : $"the recount disagrees on {first.Value:x}";
    }

    private string? CompareDomain(ref Domain domain, int index)
    {
        ref GrantTable table = ref domain.Grants;
        for (uint reference = 0; reference < References; reference++)
        {
            (int hostRead, int hostWrite, int deviceRead, int deviceWrite) = model.Pins(index, reference);
            ulong expected = (uint)hostRead | (ulong)(uint)hostWrite << 16 | (ulong)(uint)deviceRead << 32 | (ulong)(uint)deviceWrite << 48;
            if (table.Active(reference).Pins != expected)
                return $"reference {reference} has counts {table.Active(reference).Pins:x}, not {expected:x}";
        }
        if (table.Outstanding != model.Outstanding(index))
            return $"{table.Outstanding} handles on its grants, not {model.Outstanding(index)}";
        if (model.Dead.Contains(index))
            return table.Maptrack.Count == 0 && table.FrameCount == 0 ? null : "it is dead and has handles or a table";
        if (table.Maptrack.Count != model.Handles.Keys.Count(it => it.Domain == index))
            return $"{table.Maptrack.Count} handles";
        return CompareEntries(ref table, index) ?? ComparePlaces(index);
    }

    private string? CompareEntries(ref GrantTable table, int index)
    {
        for (uint reference = 0; reference < References; reference++)
        {
            GrantEntry entry = table.Shown(reference);
            GrantModel.Entry expected = model.Entries[(index, reference)];
            ushort user = expected == default ? (ushort)0 : ids[expected.User];
            if (entry.Flags != expected.Flags || entry.Domain != user || entry.Frame != expected.Frame)
                return $"entry {reference} is {entry.Flags} for {entry.Domain}, frame {entry.Frame:x}, not {expected}";
        }
        return null;
    }

    private string? ComparePlaces(int index)
    {
        for (uint number = 0; number < 2 * Count; number++)
        {
            ulong entry = Arena.Words(guests[index].Frames[3])[Place(number)];
            var found = (entry & 1) == 0 ? default : new GrantModel.Mapping(PageTableEntry.FrameOf(entry).Value, (entry & 2) != 0);
            if (found != model.Mappings.GetValueOrDefault((index, Place(number))))
                return $"place {Place(number)} is {found}";
        }
        return null;
    }

    private string? CompareFrame(ulong number, GrantModel.Page page)
    {
        ref Frame frame = ref FrameTable.All[number];
        int references = model.References(number);
        if (references == 0)
            return frame.Owner == ids[page.Owner] ? $"it is free, and owned by {frame.Owner}" : null;
        int typed = page.Table ? 1 : model.Writers(number);
        if (frame.Owner != ids[page.Owner] || frame.Count != references || frame.TypeCount != typed)
            return $"{frame.Owner} has it with {frame.Count}/{frame.TypeCount}, not {ids[page.Owner]} with {references}/{typed}";
        ulong value = DirectMap.At<ulong>(new(number << 12));
        return value == page.Value ? null : $"it holds {value:x}, not {page.Value:x}";
    }

    /// <summary>Everybody dies, in the order of a number; then all frames are free.</summary>
    public string? End(int order)
    {
        for (int turn = 0; turn < guests.Count; turn++)
        {
            int self = (turn + order) % guests.Count;
            if (model.Dead.Contains(self))
                continue;
            Die(self);
            if (Compare() is { } wrong)
                return $"as domain {self} dies: {wrong}";
        }
        return DomainTable.TryFindFrom(0, out _) ? "a domain stays" : FrameAllocator.FreeCount == freeAtFirst ? null : "frames are lost";
    }
}
