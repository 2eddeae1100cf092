using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// Frames given for others that a device can reach, as Linux does for its buffers: a frame for one below 4 GiB, 512 of them for 2 MiB in one piece,
/// and that piece for 512 frames. The pages have no mappings; their numbers begin at 256 MiB.
/// </summary>
internal static unsafe class ExchangeRows
{
    private const int Loops = 8, Count = 512;
    private const uint Large = 9, BelowFourGibibytes = 32;
    private const ulong FirstPage = 256 << 8;

    private static Numbers given, got;

    internal static void Run()
    {
        ulong* frames = (ulong*)Guest.StartInfo.P2mList;
        for (int page = 0; page < Count; page++)
            given[page] = frames[FirstPage + (ulong)page];
        Single();
        Together(45, Count, 0, 1, Large);
        ulong piece = given[0];
        Verdict.Expect(piece % Count == 0, "a piece that is none"u8);
        Together(46, 1, Large, Count, 0);
        for (int page = 0; page < Count; page++)
            frames[FirstPage + (ulong)page] = given[page];
    }

    private static void Single()
    {
        long result = 0;
        MemoryExchange exchange = Describe(1, 0, 1, 0);
        Assembly.MarkStart(44);
        for (int i = 0; i < 1 << Loops; i++)
        {
            got[0] = FirstPage;
            exchange.ExchangedCount = 0;
            result |= Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, Hypercalls.AddressOf(in exchange));
            given[0] = got[0];
        }
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(result, 0, "an exchange of a frame"u8);
    }

    /// <summary>What comes is what goes next.</summary>
    private static void Together(int row, ulong giving, uint givenOrder, ulong getting, uint gotOrder)
    {
        MemoryExchange exchange = Describe(giving, givenOrder, getting, gotOrder);
        for (int page = 0; page < Count; page++)
            got[page] = FirstPage + (ulong)page;
        Assembly.MarkStart(row);
        long result = Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, Hypercalls.AddressOf(in exchange));
        Assembly.MarkStop(0);
        Verdict.ExpectResult(result, 0, "an exchange of 2 MiB"u8);
        Verdict.ExpectResult((long)exchange.ExchangedCount, (long)giving, "what was exchanged"u8);
        for (int page = 0; page < Count; page++)
            given[page] = got[page];
    }

    private static MemoryExchange Describe(ulong giving, uint givenOrder, ulong getting, uint gotOrder)
    {
        MemoryExchange exchange = default;
        (exchange.In.Domain, exchange.Out.Domain) = (DomainIds.Self, DomainIds.Self);
        (exchange.In.ExtentCount, exchange.In.ExtentOrder) = (giving, givenOrder);
        (exchange.Out.ExtentCount, exchange.Out.ExtentOrder) = (getting, gotOrder);
        (exchange.In.ExtentStart, exchange.Out.ExtentStart) = (Hypercalls.AddressOf(in given), Hypercalls.AddressOf(in got));
        exchange.Out.Flags = (MemoryFlags)BelowFourGibibytes;
        return exchange;
    }

    [InlineArray(Count)]
    private struct Numbers
    {
        private ulong element;
    }
}
