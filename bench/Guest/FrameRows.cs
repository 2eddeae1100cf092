using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>Frames given back to the hypervisor and asked for again, as a balloon driver does: pages 128 to 255 of the room.</summary>
internal static unsafe class FrameRows
{
    private const ulong Count = 128;

    private static Numbers frames;

    internal static void Run()
    {
        for (ulong page = 0; page < Count; page++)
        {
            frames[(int)page] = Tables.FrameOf(Tables.RoomPage(Count + page));
            Verdict.ExpectResult(Tables.Map(Tables.RoomPage(Count + page), 0), 0, "a page unmapped"u8);
        }
        for (int round = 0; round < 4; round++)
            Balloon();
        for (ulong page = 0; page < Count; page++)
        {
            ulong address = Tables.RoomPage(Count + page);
            Tables.SetFrame(address, frames[(int)page]);
            Verdict.ExpectResult(Tables.Map(address, (frames[(int)page] * 4096) | Tables.Writable), 0, "a page mapped"u8);
        }
    }

    private static void Balloon()
    {
        MemoryReservation list = default;
        list.ExtentStart = Hypercalls.AddressOf(in frames);
        list.ExtentCount = Count;
        list.Domain = DomainIds.Self;
        Assembly.MarkStart(35);
        long given = Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, Hypercalls.AddressOf(in list));
        Assembly.MarkStop(7);
        for (ulong page = 0; page < Count; page++)
            frames[(int)page] = Tables.PfnOf(Tables.RoomPage(Count + page));
        Assembly.MarkStart(36);
        long got = Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.PopulatePhysmap, Hypercalls.AddressOf(in list));
        Assembly.MarkStop(7);
        Verdict.Expect(given == (long)Count && got == (long)Count, "frames back and again"u8);
    }

    [InlineArray((int)Count)]
    private struct Numbers
    {
        private ulong element;
    }
}
