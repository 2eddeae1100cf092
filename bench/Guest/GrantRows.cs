using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// Grants of the domain to itself, which cost the hypervisor what others would. The page 0 of the room is granted, pages from 200 on are where
/// it is mapped; the frame of page 199 changes hands.
/// </summary>
internal static unsafe class GrantRows
{
    private const int Loops = 8;
    private const ulong FirstWindow = 200, Windows = 32, Given = 199;
    private const ushort Self = 0;

    private static Maps maps;
    private static Unmaps unmaps;
    private static uint reference;

    internal static void Run()
    {
        if (reference == 0)
            reference = Grants.Offer(Self, Tables.RoomPage(0));
        for (ulong page = Given; page < FirstWindow + Windows; page++)
            Verdict.ExpectResult(Tables.Map(Tables.RoomPage(page), 0), 0, "a window"u8);
        for (int index = 0; index < (int)Windows; index++)
        {
            maps[index].HostAddress = unmaps[index].HostAddress = Tables.RoomPage(FirstWindow + (ulong)index);
            maps[index].Flags = GrantMapFlags.HostMap;
            maps[index].Reference = reference;
            maps[index].Domain = Self;
        }
        MapAndUnmap(26, 1, Loops - 2);
        MapAndUnmap(27, Windows, 0);
        Copy();
        Transfer();
        for (ulong page = Given; page < FirstWindow + Windows; page++)
            Tables.Map(Tables.RoomPage(page), (Tables.FrameOf(Tables.RoomPage(page)) * 4096) | Tables.Writable);
    }

    private static long Call(GrantTableCommand command, ulong records, ulong count)
        => Hypercalls.Call(Hypercall.GrantTableOp, (ulong)command, records, count);

    private static void MapAndUnmap(int row, ulong count, int loops)
    {
        long result = 0;
        Assembly.MarkStart(row);
        for (int turn = 0; turn < 1 << loops; turn++)
        {
            result |= Call(GrantTableCommand.MapGrantRef, Hypercalls.AddressOf(in maps), count);
            for (int index = 0; index < (int)count; index++)
                unmaps[index].Handle = maps[index].Handle;
            result |= Call(GrantTableCommand.UnmapGrantRef, Hypercalls.AddressOf(in unmaps), count);
        }
        Assembly.MarkStop(count == 1 ? loops : 5);
        for (int index = 0; index < (int)count; index++)
            result |= (long)maps[index].Status | (long)unmaps[index].Status;
        Verdict.ExpectResult(result, 0, "grants mapped and unmapped"u8);
    }

    private static void Copy()
    {
        GrantCopy copy = default;
        copy.Source.Reference = reference;
        copy.Source.Domain = Self;
        copy.Destination.Frame = Tables.FrameOf(Tables.RoomPage(1));
        copy.Destination.Domain = DomainIds.Self;
        copy.Length = 4096;
        copy.Flags = GrantCopyFlags.SourceGrantRef;
        long result = 0;
        Assembly.MarkStart(28);
        for (int turn = 0; turn < 1 << Loops; turn++)
            result |= Call(GrantTableCommand.Copy, Hypercalls.AddressOf(in copy), 1);
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(result | (long)copy.Status, 0, "a copy"u8);
    }

    private static void Transfer()
    {
        ref GrantEntry entry = ref GrantRecords.Entry(reference);
        GrantEntry offered = entry;
        GrantTransfer transfer = default;
        transfer.Frame = Tables.FrameOf(Tables.RoomPage(Given));
        transfer.Domain = Self;
        transfer.Reference = reference;
        long result = 0;
        Assembly.MarkStart(29);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            entry.Frame = (uint)Given;
            entry.Flags = GrantFlags.AcceptTransfer;
            result |= Call(GrantTableCommand.Transfer, Hypercalls.AddressOf(in transfer), 1) | (long)transfer.Status;
        }
        Assembly.MarkStop(Loops);
        entry = offered;
        Verdict.ExpectResult(result, 0, "a transfer"u8);
    }

    [InlineArray((int)Windows)]
    private struct Maps
    {
        private GrantMap element;
    }

    [InlineArray((int)Windows)]
    private struct Unmaps
    {
        private GrantUnmap element;
    }
}
