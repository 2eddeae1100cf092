using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// Has as many grants as there can be, and offers a page by the last of them to the domain that peer= names; the page tells the numbers of its own
/// frame and of one that is not granted. Goes on until that domain says that it is done.
/// </summary>
internal static unsafe class LargestGranter
{
    internal const uint TableFrames = 64, Last = (TableFrames * 512) - 1;
    internal const int Own = 1, Other = 2, Said = 3;

    private const ulong Pause = 5_000_000;

    internal static void Run()
    {
        ulong list = Frames.Take(), page = Frames.Take(), window = Frames.Take();
        GuestKit.Grants.Offer(DomainIds.Self, window);
        GrantSetupTable setup = default;
        (setup.Domain, setup.FrameCount, setup.FrameList) = (DomainIds.Self, TableFrames, list);
        ulong record = Hypercalls.AddressOf(in setup);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, record, 1), "a table of 64 frames"u8);
        ulong last = Frames.Words(list)[(int)TableFrames - 1];
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(last, Entries.ReadWrite)), "its last frame"u8);
        (Frames.Words(page)[Own], Frames.Words(page)[Other]) = (Frames.Of(page), Frames.Of(list));
        ref GrantEntry entry = ref ((GrantEntry*)window)[511];
        (entry.Domain, entry.Frame) = ((ushort)Guest.Number("peer="u8, 0), (uint)Frames.Of(page));
        Volatile.Write(ref *(ushort*)&((GrantEntry*)window)[511].Flags, (ushort)GrantFlags.PermitAccess);
        while (Volatile.Read(ref Frames.Words(page)[Said]) == 0)
            Alarm.Sleep(Pause);
    }
}
