using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Examples.Store;

/// <summary>What it costs to map another domain's page and to let go of it, and to have it copied instead: the page of the ring, once more.</summary>
internal static class GrantCosts
{
    private const ulong Loops = 256;

    internal static void Measure(ushort peer)
    {
        ulong page = Frames.Take();
        bool done = true;
        ulong begun = Clock.TimeStamp;
        for (ulong turn = 0; turn < Loops; turn++)
        {
            done &= Grants.Map(peer, Grants.First, readOnly: false, out GrantMapping mapping) == GrantStatus.Okay;
            done &= Grants.Unmap(ref mapping) == GrantStatus.Okay;
        }

        ulong mapped = Clock.TimeStamp;
        for (ulong turn = 0; turn < Loops; turn++)
            done &= Grants.CopyIn(peer, Grants.First, page, (ushort)Frames.PageBytes) == GrantStatus.Okay;
        ulong copied = Clock.TimeStamp;
        Console.Write(done ? "a page mapped and let go: "u8 : "FAIL a page mapped and let go: "u8);
        Console.Write((long)((mapped - begun) / Loops));
        Console.Write(" ticks, copied: "u8);
        Console.Write((long)((copied - mapped) / Loops));
        Console.WriteLine(" ticks"u8);
    }
}
