using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// The largest chunks of XENMEM_exchange: 512 single frames for 2 MiB and back, below every limit of addresses, behind calls that have used some of
/// the same share; and such as fail at their last input, at their last output, or since no memory is so low, after which all of it must be put back.
/// </summary>
internal static unsafe class ExchangesAtWorst
{
    private const int Count = 512, Rounds = 60, Operations = 8;
    private const uint Large = 9;

    private static ulong inputs, others, outputs, records, operations, block;
    private static int last, exchanged;

    internal static void Run()
    {
        Chance.Begin(1);
        (inputs, others, records, operations) = (Frames.Take(), Frames.Take(), Frames.Take(), Frames.Take());
        outputs = Frames.Take();
        // Pages of the pool lie one after another: behind the list nothing is mapped.
        Verdict.ExpectDone(Mmu.Map(Frames.Take(), 0), "a hole"u8);
        for (int place = 0; place < Operations; place++)
        {
            ref MmuExtendedOperation operation = ref ((MmuExtendedOperation*)operations)[place];
            (operation.Command, operation.Argument1) = (MmuExtendedCommand.ClearPage, Frames.TakeUnmapped());
        }
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.IncreaseReservation, inputs, Count), Count, "512 single frames"u8);
        for (int round = 0; round < Rounds; round++)
        {
            bool together = block == 0;
            ref MemoryExchange exchange = ref *(MemoryExchange*)records;
            Describe(ref exchange, together);
            ulong fault = Chance.Below(3);
            if (fault == 0)
                Spoil(ref exchange, together);
            Perform();
            bool done = Batch.ResultOf(last) == 0;
            Verdict.Expect(!done || fault != 0, "what cannot be exchanged was"u8);
            if (done)
                Took(together);
        }

        Verdict.Expect(exchanged > 2, "little was exchanged"u8);
    }

    private static void Describe(ref MemoryExchange exchange, bool together)
    {
        exchange = default;
        (exchange.In.Domain, exchange.Out.Domain) = (DomainIds.Self, DomainIds.Self);
        (exchange.In.ExtentCount, exchange.In.ExtentOrder) = together ? (Count, 0u) : (1ul, Large);
        (exchange.Out.ExtentCount, exchange.Out.ExtentOrder) = together ? (1ul, Large) : (Count, 0u);
        (exchange.In.ExtentStart, exchange.Out.ExtentStart) = (inputs, outputs);
        exchange.Out.Flags = (MemoryFlags)Chance.Of([0, 0, 31, 30, 28, 27, 26, 25]);
        Frames.Words(outputs).Fill(7);
    }

    /// <summary>Something that is wrong where it is found last.</summary>
    private static void Spoil(ref MemoryExchange exchange, bool together)
    {
        if (Chance.Below(3) == 0)
            exchange.Out.Flags = (MemoryFlags)13;
        else if (together)
            SpoilInputs(ref exchange);
        else
            exchange.Out.ExtentStart = outputs + 8;
    }

    /// <summary>The same inputs in another list, but for the last, which is one that is mapped.</summary>
    private static void SpoilInputs(ref MemoryExchange exchange)
    {
        Frames.Words(inputs).CopyTo(Frames.Words(others));
        Frames.Words(others)[Count - 1] = Frames.Of(records);
        exchange.In.ExtentStart = others;
    }

    private static void Perform()
    {
        for (ulong before = Chance.Below(14); before > 0; before--)
            Batch.Add(Hypercall.MmuExtendedOp, operations, 1 + Chance.Below(Operations), 0, DomainIds.Self);
        last = Batch.Count;
        Batch.Add(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, records);
        Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
    }

    /// <summary>What came is what goes next.</summary>
    private static void Took(bool together)
    {
        exchanged++;
        block = together ? Frames.Words(outputs)[0] : 0;
        Frames.Words(outputs).CopyTo(Frames.Words(inputs));
    }
}
