using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// Batches of grant calls, drawn by chance from what is long: lists of hundreds of records, whole frames copied, mappings made and taken back,
/// tables at their greatest size looked through for a frame that is not there, alone 64 times or all in turn. What they answer does not matter;
/// nobody may wait for any of them.
/// </summary>
internal static unsafe class GrantsAtWorst
{
    private const int Rounds = 120, Grants = 400, ListPages = 4, Lists = 4;
    private const uint TableFrames = 64;

    private static ulong lists, frames, page;
    private static uint first, held;
    private static ushort self;

    internal static void Run()
    {
        Chance.Begin(1);
        Prepare();
        for (int round = 0; round < Rounds; round++)
        {
            ulong kind = Chance.Below(14);
            ulong most = Chance.Of([1, 2, Batch.Capacity, Batch.Capacity]);
            for (ulong index = 0; index < most; index++)
                Add(kind < 10 ? kind : Chance.Below(10));
            Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
        }

        Unmap(held);
    }

    private static void Prepare()
    {
        self = GrantRecords.OwnDomain();
        page = Frames.Take();
        first = GuestKit.Grants.Offer(self, page);
        for (int grant = 1; grant < Grants; grant++)
            GuestKit.Grants.Offer(self, page);
        lists = Frames.Take();
        for (int more = 1; more < Lists * ListPages; more++)
            Frames.Take();
        frames = Frames.Take();
        GrantMap map = default;
        (map.Flags, map.Reference, map.Domain) = (GrantMapFlags.DeviceMap, first, self);
        Verdict.ExpectDone((long)GrantRecords.Map(ref map), "a mapping that stays"u8);
        held = map.Handle;
    }

    private static ulong List(int number) => lists + ((ulong)(number * ListPages) * Frames.PageBytes);

    private static void Unmap(uint handle)
    {
        GrantUnmap unmap = default;
        (unmap.Handle, unmap.DeviceBusAddress) = (handle, Frames.Of(page) << 12);
        ulong record = Hypercalls.AddressOf(in unmap);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.UnmapGrantRef, record, 1), "an unmap"u8);
    }

    private static void Add(ulong kind)
    {
        switch (kind)
        {
            case 0: AddMaps(); break;
            case 1: AddUnmaps(GrantTableCommand.UnmapGrantRef); break;
            case 2: AddUnmaps(GrantTableCommand.UnmapAndReplace); break;
            case 3: AddCopies(); break;
            case 4: AddFlushes(); break;
            case 5: AddSwaps(); break;
            case 6: AddSetup(); break;
            case 7: AddTransfers(); break;
            default: Batch.Add(Hypercall.GrantTableOp, Chance.Below(14), List(3), Chance.Of([0, 1, 2, 500])); break;
        }
    }

    private static void AddMaps()
    {
        const uint records = 120;
        var maps = (GrantMap*)List(0);
        for (uint record = 0; record < records; record++)
        {
            maps[record] = default;
            (maps[record].Flags, maps[record].Reference, maps[record].Domain) = (GrantMapFlags.DeviceMap, first + (uint)Chance.Below(Grants), self);
        }

        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, List(0), records);
    }

    /// <summary>Handles that may be in use; the one that stays is not among them.</summary>
    private static void AddUnmaps(GrantTableCommand command)
    {
        const uint records = 160;
        var unmaps = (GrantUnmap*)List(1);
        for (uint record = 0; record < records; record++)
        {
            unmaps[record] = default;
            unmaps[record].Handle = held + 1 + (uint)Chance.Below(4000);
            if (command == GrantTableCommand.UnmapGrantRef)
                unmaps[record].DeviceBusAddress = Frames.Of(page) << 12;
        }

        Batch.Add(Hypercall.GrantTableOp, (ulong)command, List(1), records);
    }

    private static void AddCopies()
    {
        const uint records = 100;
        var copies = (GrantCopy*)List(2);
        for (uint record = 0; record < records; record++)
        {
            copies[record] = default;
            ref GrantCopy copy = ref copies[record];
            (copy.Source.Reference, copy.Source.Domain) = (first + (uint)Chance.Below(Grants), self);
            (copy.Destination.Frame, copy.Destination.Domain, copy.Destination.Offset) = (Frames.Of(frames), DomainIds.Self, (ushort)(record % 2));
            (copy.Length, copy.Flags) = ((ushort)(4096 - (record % 2)), GrantCopyFlags.SourceGrantRef);
        }

        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.Copy, List(2), records);
    }

    /// <summary>Frames that are the caller's, and the hypervisor's or nobody's, for which all grants of their owner are looked at.</summary>
    private static void AddFlushes()
    {
        const uint records = 250;
        var flushes = (GrantCacheFlush*)List(3);
        for (uint record = 0; record < records; record++)
        {
            ulong frame = Chance.Of([Frames.Of(page), Frames.Of(frames), 0x100, 0x2000]);
            (flushes[record].DeviceBusAddress, flushes[record].Offset) = (frame << 12, 0);
            (flushes[record].Length, flushes[record].Operations) = (4096, GrantCacheOperations.Clean);
        }

        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.CacheFlush, List(3), records);
    }

    private static void AddSwaps()
    {
        const uint records = 300;
        var swaps = (GrantSwapReference*)List(3);
        for (uint record = 0; record < records; record++)
            (swaps[record].ReferenceA, swaps[record].ReferenceB) = (500 + (record % 4), 504 + (record % 8));
        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SwapGrantRef, List(3), records);
    }

    private static void AddSetup()
    {
        var setup = (GrantSetupTable*)List(3);
        *setup = default;
        (setup->Domain, setup->FrameCount, setup->FrameList) = (DomainIds.Self, (uint)Chance.Of([1, 2, TableFrames]), List(3) + 512);
        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, List(3), 1);
    }

    /// <summary>Transfers of frames that are in use, or no frames: none leaves the guest.</summary>
    private static void AddTransfers()
    {
        const uint records = 160;
        var transfers = (GrantTransfer*)List(2);
        for (uint record = 0; record < records; record++)
        {
            transfers[record] = default;
            (transfers[record].Frame, transfers[record].Domain) = (Chance.Of([Frames.Of(page), 0x100, ulong.MaxValue]), self);
        }

        Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.Transfer, List(2), records);
    }
}
