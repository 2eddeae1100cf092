using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// A long call goes on by being made again with its place in the arguments: a guest can write any place there itself, behind the end, or at
/// the bits that only a continued call has. What the hypervisor took on trust from itself it takes from the guest (XSA-264, XSA-318).
/// Such a call is one that begins there: done from there, or refused.
/// </summary>
internal static class ForgedContinuations
{
    private const ulong Continued = 1ul << 31;
    private const int PlaceShift = 6;

    internal static void Run()
    {
        ulong list = Frames.Take();
        Span<ulong> words = Frames.Words(list);
        uint done = 41;
        ulong count = Hypercalls.AddressOf(in done);
        words[0] = (ulong)MmuExtendedCommand.TlbFlushLocal;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuExtendedOp, list, Continued | 1, count, DomainIds.Self), "a flush that goes on"u8);
        Verdict.ExpectResult(done, 42, "its count"u8);
        done = uint.MaxValue;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuExtendedOp, list, Continued | 1, count, DomainIds.Self), "a count at its end"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, list, Continued, count, DomainIds.Self), "no updates that go on"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.MmuUpdate, 8, Continued | 0x7fff_ffff, 0, DomainIds.Self), Errno.Fault, "updates of nothing"u8);
        TryReservations(list);
        // A multicall of one entry that says it is in the middle of itself.
        words[0] = (ulong)Hypercall.MmuExtendedOp;
        (words[2], words[3], words[4], words[5]) = (list + 2048, Continued | 1, 0, DomainIds.Self);
        words[256] = (ulong)MmuExtendedCommand.TlbFlushLocal;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.Multicall, list, 1), "a batch"u8);
        Verdict.ExpectDone((long)words[1], "its entry"u8);
    }

    private static void TryReservations(ulong list)
    {
        MemoryReservation reservation = default;
        reservation.ExtentStart = list;
        reservation.ExtentCount = 2;
        reservation.Domain = DomainIds.Self;
        ulong record = Hypercalls.AddressOf(in reservation);
        foreach (MemoryCommand command in (ReadOnlySpan<MemoryCommand>)
            [MemoryCommand.IncreaseReservation, MemoryCommand.DecreaseReservation, MemoryCommand.PopulatePhysmap])
        {
            Verdict.ExpectResult(At(command, 2, record), 2, "a list that has been done"u8);
            Verdict.ExpectError(At(command, 3, record), Errno.Inval, "a place behind the end"u8);
            Verdict.ExpectError(At(command, (1ul << 58) - 1, record), Errno.Inval, "a place far behind the end"u8);
        }

        reservation.ExtentCount = ulong.MaxValue;
        reservation.ExtentStart = 8;
        Verdict.Expect(At(MemoryCommand.DecreaseReservation, (1ul << 58) - 1, record) is >= 0 or -(long)Errno.Fault, "a long list at its end"u8);
    }

    private static long At(MemoryCommand command, ulong place, ulong record)
        => Hypercalls.Call(Hypercall.MemoryOp, (ulong)command | (place << PlaceShift), record);
}
