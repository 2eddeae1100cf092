using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// GNTTABOP_cache_flush for frames of the domain peer=, which has as many grants as there can be: of one that is granted by the last of them, and of
/// one that is not granted, so that all are looked at each time. Long lists of both, many in a batch, behind calls that have used some of the share:
/// all must be answered as they must be, and nobody may wait for it.
/// </summary>
internal static unsafe class FlushesOverOthers
{
    private const ulong Pause = 5_000_000;
    private const int Rounds = 12, Operations = 8, Records = 200;

    private static ulong lists, operations;

    internal static void Run()
    {
        Chance.Begin(1);
        var peer = (ushort)Guest.Number("peer="u8, 0);
        GuestKit.GrantMapping mapping;
        while (GuestKit.Grants.Map(peer, LargestGranter.Last, readOnly: false, out mapping) != GrantStatus.Okay)
            Alarm.Sleep(Pause);
        lists = Frames.Take();
        Frames.Take();
        operations = Frames.Take();
        for (int place = 0; place < Operations; place++)
        {
            ref MmuExtendedOperation operation = ref ((MmuExtendedOperation*)operations)[place];
            (operation.Command, operation.Argument1) = (MmuExtendedCommand.ClearPage, Frames.TakeUnmapped());
        }
        ulong own = Frames.Words(mapping.Address)[LargestGranter.Own], other = Frames.Words(mapping.Address)[LargestGranter.Other];
        for (int round = 0; round < Rounds; round++)
            Perform(own, other);
        Volatile.Write(ref Frames.Words(mapping.Address)[LargestGranter.Said], 1);
        Verdict.ExpectDone((long)GuestKit.Grants.Unmap(ref mapping), "unmapping it"u8);
    }

    /// <summary>A list of records of the granted frame, and one record of the other.</summary>
    private static void Perform(ulong granted, ulong other)
    {
        ulong refused = lists + Frames.PageBytes;
        for (int record = 0; record < Records; record++)
            Put(lists, record, granted);
        Put(refused, 0, other);
        ulong most = 1 + Chance.Below(4), records = 1 + Chance.Below(Records);
        for (ulong time = 0; time < most; time++)
        {
            for (ulong before = Chance.Below(10); before > 0; before--)
                Batch.Add(Hypercall.MmuExtendedOp, operations, 1 + Chance.Below(Operations), 0, DomainIds.Self);
            Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.CacheFlush, lists, records);
            Batch.Add(Hypercall.GrantTableOp, (ulong)GrantTableCommand.CacheFlush, refused, 1);
        }

        int last = Batch.Count - 1;
        Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
        Verdict.ExpectDone(Batch.ResultOf(last - 1), "the frame that is granted"u8);
        Verdict.ExpectError(Batch.ResultOf(last), Errno.Inval, "the frame that is not"u8);
    }

    private static void Put(ulong list, int place, ulong frame)
    {
        ref GrantCacheFlush flush = ref ((GrantCacheFlush*)list)[place];
        (flush.DeviceBusAddress, flush.Offset, flush.Length, flush.Operations) = (frame << 12, 0, 4096, GrantCacheOperations.Clean);
    }
}
