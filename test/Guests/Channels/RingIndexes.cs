using System.Runtime.InteropServices;
using System.Threading;

using Serai.GuestKit;
using Serai.GuestKit.Rings;

namespace Serai.Guests.Channels;

/// <summary>
/// The other end of a ring is another guest. A crafty one writes indexes that cannot be: far ahead, so that an end reads entries that were never
/// written or lie beyond the page; backwards, so that it answers what nobody asked. Here both ends are one guest's, the page lies between two that
/// are not mapped, and what is in it changes at random between any two steps.
/// </summary>
internal static class RingIndexes
{
    // 24 bytes, of which the story looks at the first eight.
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct Request
    {
        internal ulong Id;
    }

    private static FrontRing<Request, ulong> front;
    private static BackRing<Request, ulong> back;
    private static RingPage page;

    internal static void Run()
    {
        ulong below = Frames.Take(), address = Frames.Take(), above = Frames.Take();
        Verdict.Expect(address == below + Frames.PageBytes && above == address + Frames.PageBytes, "pages of the pool do not lie in a row"u8);
        Verdict.ExpectDone(Mmu.Map(below, 0) | Mmu.Map(above, 0), "unmapping the neighbours"u8);
        Begin(address);
        TellsOnlyWhoWantsToKnow();
        Begin(address);
        FullAndAround();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            Begin(address);
            LiesAboutRequests(seed * 0x9e37_79b9_7f4a_7c15);
            Begin(address);
            LiesAboutResponses(seed * 0x9e37_79b9_7f4a_7c15);
        }
    }

    private static void Begin(ulong address)
    {
        front = new FrontRing<Request, ulong>(address);
        back = new BackRing<Request, ulong>(address);
        page = new RingPage(address, 24);
        Verdict.ExpectResult(page.Entries, 128, "entries of 24 bytes in a page"u8);
    }

    private static bool Ask(ulong id)
    {
        Request request = default;
        request.Id = id;
        return front.TryPut(request);
    }

    private static void TellsOnlyWhoWantsToKnow()
    {
        Ask(1);
        Verdict.Expect(front.Publish(), "the first request tells nobody"u8);
        Ask(2);
        Verdict.Expect(!front.Publish(), "a request was told to somebody who is awake"u8);
        Verdict.Expect(back.TryTake(out Request first) == RingState.Taken && first.Id == 1, "the first request"u8);
        Verdict.Expect(back.TryTake(out Request second) == RingState.Taken && second.Id == 2, "the second request"u8);
        Verdict.Expect(back.TryTake(out _) == RingState.Empty, "a third request"u8);
        Verdict.Expect(back.MayWait(), "there is nothing, and no reason to sleep"u8);
        Verdict.Expect(front.MayWait(2), "there is no answer, and no reason to sleep"u8);
        back.TryPut(11);
        Verdict.Expect(!back.Publish(), "one answer was told, two were to be waited for"u8);
        back.TryPut(12);
        Verdict.Expect(back.Publish(), "two answers were not told"u8);
        Verdict.Expect(!back.TryPut(13), "an answer to nothing"u8);
        Verdict.Expect(!front.MayWait(2), "both answers are there, and it would sleep"u8);
        Verdict.Expect(front.TryTake(out ulong answer) == RingState.Taken && answer == 11, "the first answer"u8);
        Ask(3);
        Verdict.Expect(front.Publish(), "who sleeps is not told"u8);
    }

    private static void FullAndAround()
    {
        ulong asked = 0, answered = 0;
        for (int round = 0; round < 1000; round++)
        {
            while (Ask(asked))
                asked++;
            Verdict.Expect(front.Room == 0 && front.Outstanding == page.Entries, "the ring is full too early"u8);
            front.Publish();
            for (int turn = 0; turn <= round % 128; turn++)
            {
                Verdict.Expect(back.TryTake(out Request request) == RingState.Taken && request.Id == answered, "a request out of its turn"u8);
                back.TryPut(answered);
                back.Publish();
                Verdict.Expect(front.TryTake(out ulong answer) == RingState.Taken && answer == answered, "an answer out of its turn"u8);
                answered++;
            }
        }
    }

    // The back end takes only while the index can be; once it cannot, it says so, whatever else is in the page.
    private static void LiesAboutRequests(ulong random)
    {
        uint taken = 0, given = 0;
        for (int step = 0; step < 400; step++)
        {
            random = (random * 6364136223846793005) + 1442695040888963407;
            uint lie = (uint)(random >> 33) % (step % 3 == 0 ? uint.MaxValue : 300) + taken - 20;
            Volatile.Write(ref page.Header.RequestProducer, lie);
            uint ready = lie - taken;
            RingState expected = ready == 0 ? RingState.Empty : ready > page.Entries - (taken - given) ? RingState.Broken : RingState.Taken;
            RingState state = back.TryTake(out _);
            Verdict.ExpectResult((long)state, (long)expected, "a request by an index that is made up"u8);
            taken += state == RingState.Taken ? 1u : 0;
            if ((random >> 60) < 7 && back.TryPut(random))
                given++;
            Verdict.ExpectResult(back.Unanswered, taken - given, "what is unanswered"u8);
            back.Publish();
        }
    }

    private static void LiesAboutResponses(ulong random)
    {
        uint taken = 0, published = 0;
        for (int step = 0; step < 400; step++)
        {
            random = (random * 6364136223846793005) + 1442695040888963407;
            if ((random >> 60) < 9 && Ask(random))
            {
                published++;
                front.Publish();
            }

            uint lie = (uint)(random >> 33) % (step % 3 == 0 ? uint.MaxValue : 40) + taken - 10;
            Volatile.Write(ref page.Header.ResponseProducer, lie);
            uint ready = lie - taken;
            RingState expected = ready == 0 ? RingState.Empty : ready > published - taken ? RingState.Broken : RingState.Taken;
            RingState state = front.TryTake(out _);
            Verdict.ExpectResult((long)state, (long)expected, "a response by an index that is made up"u8);
            taken += state == RingState.Taken ? 1u : 0;
        }
    }
}
