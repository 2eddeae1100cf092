using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// XENMEM_exchange gives frames for frames. List one frame many times, and a hypervisor that checks each entry on its own takes one frame and
/// gives many: the domain grows beyond its limit by a few hundred frames a call.
/// A list with a frame twice must be refused or cost the domain as much as it gains.
/// </summary>
internal static class ExchangeTwice
{
    private const int Inputs = 8;

    internal static void Run()
    {
        ulong page = Frames.Take();
        ulong frame = Frames.TakeUnmapped();
        for (int index = 0; index < Inputs; index++)
            Frames.Words(page)[index] = frame;
        Frames.Words(page)[100] = 0x30_0000;
        ulong before = Pages();
        MemoryExchange exchange = default;
        exchange.In = Reservation(page, Inputs, 0);
        exchange.Out = Reservation(page + 800, 1, 3);
        Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, Hypercalls.AddressOf(in exchange));
        Verdict.Expect(Pages() <= before, "the domain has grown by listing one frame twice"u8);
    }

    private static MemoryReservation Reservation(ulong list, ulong count, uint order)
    {
        MemoryReservation reservation = default;
        reservation.ExtentStart = list;
        reservation.ExtentCount = count;
        reservation.ExtentOrder = order;
        reservation.Domain = DomainIds.Self;
        return reservation;
    }

    private static ulong Pages()
    {
        ushort self = DomainIds.Self;
        return (ulong)Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, Hypercalls.AddressOf(in self));
    }
}
