using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Hostile;

/// <summary>
/// Keeps the record of a dead domain alive by a handle on its grant, and sends through the channel that it had to it. What would be written to the
/// dead must reach nothing of the living: not the frame where its shared page was, which belongs to this domain by then and could be one of its
/// page tables, and not a page at address 0, where a null pointer would lead. Domain 1; zombie-maker is domain 2.
/// </summary>
internal static class ZombieKeeper
{
    private const ulong Pause = 5_000_000;
    private const int Sends = 100, ListLength = 128;

    internal static void Run()
    {
        long port = GuestKit.Events.AllocateUnbound(ZombieMaker.Maker);
        ulong zero = MapLowestPage();
        GuestKit.GrantMapping mapping;
        while (GuestKit.Grants.Map(ZombieMaker.Maker, GuestKit.Grants.First, readOnly: false, out mapping) != GrantStatus.Okay)
            Alarm.Sleep(Pause);
        ulong shared = Frames.Words(mapping.Address)[0];
        ulong window = Frames.Take();
        TakeUntilMine(shared);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(shared, Entries.ReadWrite)), "mapping the frame"u8);
        Frames.Words(window).Clear();
        ExpectUnbound(port);
        for (int count = 0; count < Sends; count++)
            Verdict.ExpectDone(GuestKit.Events.Send(port), "send to the dead"u8);
        Verdict.Expect(IsEmpty(window), "the hypervisor wrote to a frame that is not the dead's any more"u8);
        Verdict.Expect(IsEmpty(zero), "the hypervisor wrote to address 0"u8);
        Verdict.ExpectDone((long)GuestKit.Grants.Unmap(ref mapping), "unmap"u8);
    }

    private static bool IsEmpty(ulong page)
    {
        foreach (ulong word in Frames.Words(page))
        {
            if (word != 0)
                return false;
        }
        return true;
    }

    /// <summary>The port is kept for the dead, as if it had closed its end.</summary>
    private static void ExpectUnbound(long port)
    {
        EventStatus status = default;
        status.Domain = DomainIds.Self;
        status.Port = (uint)port;
        Verdict.ExpectDone(GuestKit.Events.Call(EventChannelCommand.Status, Hypercalls.AddressOf(in status)), "status"u8);
        Verdict.Expect(status.State == EventChannelState.Unbound, "the port is bound to a domain that is dead"u8);
    }

    /// <summary>Puts a page of zeros where a null pointer leads: its other address.</summary>
    private static ulong MapLowestPage()
    {
        ulong l3 = Frames.TakeProtected(), l2 = Frames.TakeProtected(), l1 = Frames.TakeProtected(), zero = Frames.Take();
        Verdict.ExpectDone(Mmu.Update(Frames.Of(l1), 0, Entries.Make(Frames.Of(zero), Entries.ReadWrite)), "level 1"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(l2), 0, Entries.Make(Frames.Of(l1), Entries.Table)), "level 2"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(l3), 0, Entries.Make(Frames.Of(l2), Entries.Table)), "level 3"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(Guest.StartInfo.PageTableBase), 0, Entries.Make(Frames.Of(l3), Entries.Table)), "level 4"u8);
        return zero;
    }

    /// <summary>Takes memory until a frame is among it: its former owner's teardown has then come to its end.</summary>
    private static void TakeUntilMine(ulong wanted)
    {
        ulong list = Frames.Take();
        while (true)
        {
            long done = Mmu.Reserve(MemoryCommand.IncreaseReservation, list, ListLength);
            for (int index = 0; index < done; index++)
            {
                if (Frames.Words(list)[index] == wanted)
                    return;
            }
            if (done > 0)
                continue;
            Alarm.Sleep(Pause);
        }
    }
}
