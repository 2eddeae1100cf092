using Serai.Abi;
using Serai.GuestKit;
using Serai.GuestKit.Rings;

namespace Serai.Examples.Store;

/// <summary>Writes pages to the store, reads them back, compares sums, asks for nonsense, and measures what a request costs in batches.</summary>
internal static class Client
{
    private const int PageCount = 32;
    private const ulong Numbers = 64, Measured = 4096;

    private static readonly ulong[] pages = new ulong[PageCount];
    private static readonly uint[] references = new uint[PageCount];

    private static FrontRing<PageRequest, PageResponse> ring;
    private static long port;
    private static ulong eventsSent, lastId;

    internal static void Run(ushort server)
    {
        ulong page = Frames.Take();
        ring = new FrontRing<PageRequest, PageResponse>(page);
        port = Meeting.Offer(server, page);
        for (int index = 0; index < PageCount; index++)
        {
            pages[index] = Frames.Take();
            references[index] = Grants.Offer(server, pages[index]);
        }

        Alarm.Sleep(Guest.Number("after="u8, 0) * 1_000_000);
        Verdict.Begin("store"u8);
        WriteAndRead();
        AskForNonsense();
        Measure(1);
        Measure(8);
        Measure(32);
        Finish();
        Verdict.Finish();
    }

    private static void WriteAndRead()
    {
        for (ulong number = 0; number < Numbers; number++)
        {
            int index = (int)number % PageCount;
            Pages.Fill(pages[index], number);
            PageResponse response = Ask(Operation.Write, references[index], number);
            Verdict.Expect(response.Status == 0 && response.Value == Pages.Sum(pages[index]), "a page was written otherwise"u8);
        }

        for (ulong number = 0; number < Numbers; number++)
        {
            int index = (int)(number * 7) % PageCount;
            PageResponse response = Ask(Operation.Read, references[index], number);
            ulong sum = Pages.Sum(pages[index]);
            Pages.Fill(pages[index], number);
            Verdict.Expect(response.Status == 0 && sum == response.Value && sum == Pages.Sum(pages[index]), "a page came back otherwise"u8);
        }

        Pages.Fill(pages[0], 1000);
        Verdict.Expect(Ask(Operation.Sum, references[0], 0).Value == Pages.Sum(pages[0]), "the page as the store sees it"u8);
    }

    private static void AskForNonsense()
    {
        Verdict.ExpectError(Ask(Operation.Read, references[0], Numbers).Status, Errno.Inval, "a page that is not kept"u8);
        Verdict.ExpectError(Ask(Operation.Read, 511, 0).Status, Errno.Fault, "a reference that grants nothing"u8);
        Verdict.ExpectError(Ask(Operation.Read, uint.MaxValue, 0).Status, Errno.Inval, "a reference that cannot be"u8);
        Verdict.ExpectError(Ask((Operation)77, references[0], 0).Status, Errno.NoSys, "an operation that there is not"u8);
    }

    private static PageResponse Ask(Operation operation, uint reference, ulong number)
    {
        Put(operation, reference, number);
        Send();
        WaitFor(1);
        return Take();
    }

    private static void Put(Operation operation, uint reference = 0, ulong number = 0)
    {
        PageRequest request = default;
        request.Id = ++lastId;
        request.Operation = operation;
        request.Reference = reference;
        request.Number = number;
        if (!ring.TryPut(request))
            Failure.Stop("the ring is full"u8, ring.Outstanding);
    }

    private static void Send()
    {
        if (!ring.Publish())
            return;
        eventsSent++;
        Events.Send(port);
    }

    private static void WaitFor(uint responses)
    {
        while (ring.MayWait(responses))
            Events.WaitFor(port);
    }

    private static PageResponse Take()
    {
        if (ring.TryTake(out PageResponse response) != RingState.Taken)
            Failure.Stop("the store's index cannot be"u8, ring.Outstanding);
        return response;
    }

    // Requests that ask for nothing, so many at a time: the next ones are put when all of a batch are answered.
    private static void Measure(uint batch)
    {
        ulong sent = eventsSent, begun = Clock.TimeStamp;
        for (ulong done = 0; done < Measured; done += batch)
        {
            for (uint index = 0; index < batch; index++)
                Put(Operation.Nothing);
            Send();
            WaitFor(batch);
            for (uint index = 0; index < batch; index++)
                Take();
        }

        ulong each = (Clock.TimeStamp - begun) / Measured;
        Console.Write("batch "u8);
        Console.Write(batch);
        Console.Write(": "u8);
        Console.Write((long)each);
        Console.Write(" ticks a request, "u8);
        Console.Write((long)(eventsSent - sent));
        Console.Write(" events sent for "u8);
        Console.Write((long)Measured);
        Console.WriteLine(" requests"u8);
    }

    private static void Finish()
    {
        ulong events = Ask(Operation.Finish, 0, 0).Value;
        Console.Write("the store has sent "u8);
        Console.Write((long)events);
        Console.Write(" events for "u8);
        Console.Write((long)lastId);
        Console.WriteLine(" requests"u8);
        bool free = true;
        for (int index = 0; index < PageCount; index++)
            free &= Grants.TryWithdraw(references[index]);
        Verdict.Expect(free, "the store still holds a page"u8);
        // The ring itself it lets go when it leaves.
        for (int turn = 0; !Grants.TryWithdraw(Grants.First) && turn < 1000; turn++)
            Alarm.Sleep(1_000_000);
        Verdict.Expect(Grants.TryWithdraw(Grants.First), "the store still holds the ring"u8);
    }
}
