using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// An exchange has two lists, two sizes and a place to go on from, all of the guest's making; XSA-212 wrote through the last of them.
/// A good exchange must be done; each that does not add up must be refused with nothing done, mapped frames must not be taken, and no bad list
/// may hurt.
/// </summary>
internal static class ExchangeEdges
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Span<ulong> list = Frames.Words(page);
        list[0] = Frames.TakeUnmapped();
        list[100] = 0x40_0000;
        ulong old = list[0];
        Verdict.ExpectDone(Exchange(page, 1, 0, page + 800, 1, 0, 0), "one frame for another"u8);
        Verdict.Expect(list[100] != old && list[100] != 0x40_0000, "no other frame came"u8);
        Verdict.Expect(Mmu.Pin(old, 1) < 0, "the old frame is still there"u8);

        list[0] = Frames.Of(page);
        Verdict.Expect(Exchange(page, 1, 0, page + 800, 1, 0, 0) < 0, "a mapped frame"u8);
        list[0] = 0x200;
        Verdict.Expect(Exchange(page, 1, 0, page + 800, 1, 0, 0) < 0, "a frame of the hypervisor"u8);
        list[0] = 0xff_ffff_ffff;
        Verdict.Expect(Exchange(page, 1, 0, page + 800, 1, 0, 0) < 0, "a frame that there is not"u8);
        Verdict.Expect(Exchange(page, 2, 0, page + 800, 1, 0, 0) < 0, "two frames for one"u8);
        Verdict.Expect(Exchange(page, 1, 64, page + 800, 1, 64, 0) < 0, "an order of 64"u8);
        Verdict.Expect(Exchange(page, 1ul << 60, 4, page + 800, 1, 0, 0) < 0, "counts that overflow"u8);
        Verdict.Expect(Exchange(page, 1, 0, page + 800, 1, 0, 7) < 0, "more done than there is to do"u8);
        Verdict.Expect(Exchange(page, ulong.MaxValue, 0, page + 800, ulong.MaxValue, 0, 0) < 0, "2^64 - 1 frames"u8);
        Verdict.Expect(Exchange(0xffff_8300_0000_0000, 1, 0, page + 800, 1, 0, 0) < 0, "a list in the hypervisor"u8);
        list[0] = Frames.TakeUnmapped();
        Verdict.Expect(Exchange(page, 1, 0, 0xffff_8300_0000_0000, 1, 0, 0) < 0, "answers into the hypervisor"u8);
        Verdict.Expect(
            Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, 0xffff_8300_0000_0000) < 0, "a record in the hypervisor"u8);
    }

    private static long Exchange(ulong give, ulong giveCount, uint giveOrder, ulong take, ulong takeCount, uint takeOrder, ulong done)
    {
        MemoryExchange exchange = default;
        exchange.In.ExtentStart = give;
        exchange.In.ExtentCount = giveCount;
        exchange.In.ExtentOrder = giveOrder;
        exchange.In.Domain = DomainIds.Self;
        exchange.Out.ExtentStart = take;
        exchange.Out.ExtentCount = takeCount;
        exchange.Out.ExtentOrder = takeOrder;
        exchange.Out.Domain = DomainIds.Self;
        exchange.ExchangedCount = done;
        return Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, Hypercalls.AddressOf(in exchange));
    }
}
