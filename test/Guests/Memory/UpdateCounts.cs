using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// privcmd and others rely on how many requests of a batch were done before one failed. A count of one too many is a mapping that is believed
/// and not there.
/// The count must be exact, what came before the bad request must be done, what comes behind must not.
/// </summary>
internal static class UpdateCounts
{
    internal static void Run()
    {
        ulong requests = Frames.Take(), table = Frames.TakeProtected();
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), 1), "the pin"u8);
        for (int index = 0; index < 6; index++)
        {
            Frames.Words(requests)[index * 2] = (Frames.Of(table) << 12) + ((ulong)index * 8);
            Frames.Words(requests)[(index * 2) + 1] = Entries.Make(Frames.Of(requests), Entries.ReadOnly);
        }

        Frames.Words(requests)[7] = Entries.Make(Frames.Of(table), Entries.ReadWrite);
        uint done = 77;
        ulong address = Hypercalls.AddressOf(in done);
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.MmuUpdate, requests, 6, address, DomainIds.Self), Errno.Inval, "a batch with a bad fourth request"u8);
        Verdict.ExpectResult(done, 3, "the count of a batch with a bad fourth request"u8);
        Verdict.Expect(Frames.Words(table)[2] != 0 && Frames.Words(table)[3] == 0 && Frames.Words(table)[4] == 0, "other requests were done"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, requests, 3, address, DomainIds.Self), "three good ones"u8);
        Verdict.ExpectResult(done, 3, "the count of three good ones"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, requests, 0, address, DomainIds.Self), "no requests"u8);
        Verdict.ExpectResult(done, 0, "the count of no requests"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, requests, 3, 8, DomainIds.Self), "a count that cannot be told"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(table)), "the unpin"u8);
    }
}
