using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Hostile;

/// <summary>
/// Dies while its second virtual CPU, on another processor, asks for an event channel without end: one such call waits for the lock at the moment
/// of the death. It must not be made, or zombie-keeper (domain 1) has a channel into a domain of which only the record is left. This is domain 2.
/// </summary>
internal static unsafe class ZombieMaker
{
    /// <summary>Domain ids follow the order of the modules, and the first port behind the console's and the store's is 3.</summary>
    internal const ushort Keeper = 1, Maker = 2;

    private const uint KeeperPort = 3;
    private const ulong Life = 1_000_000_000;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page)[0] = Guest.StartInfo.SharedInfo >> 12;
        GuestKit.Grants.Offer(Keeper, page);
        ulong context = VirtualProcessors.MakeContext((ulong)(delegate*<void>)&AskWithoutEnd);
        Verdict.ExpectDone(VirtualProcessors.Initialise(1, context), "initialise"u8);
        Verdict.ExpectDone(VirtualProcessors.Up(1), "up"u8);
        for (ulong end = Clock.Now + Life; Clock.Now < end;)
            Hypercalls.Yield();
        Hypercalls.Shutdown(ShutdownReason.PowerOff);
    }

    private static void AskWithoutEnd()
    {
        while (true)
            GuestKit.Events.BindInterdomain(Keeper, KeeperPort);
    }
}
