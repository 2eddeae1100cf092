using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Hostile;

/// <summary>
/// One virtual CPU asks for the FIFO form without end while the other asks for a reboot: a control block that is taken when the domain's events
/// have been closed would be held for ever, and the domain would never go. Each life is another attempt.
/// </summary>
internal static unsafe class LateCall
{
    private const ulong Life = 300_000_000;

    private static ulong frame;

    internal static void Run()
    {
        frame = Frames.Of(Frames.Take());
        ulong context = VirtualProcessors.MakeContext((ulong)(delegate*<void>)&AskWithoutEnd);
        Verdict.ExpectDone(VirtualProcessors.Initialise(1, context), "initialise"u8);
        Verdict.ExpectDone(VirtualProcessors.Up(1), "up"u8);
        for (ulong end = Clock.Now + Life; Clock.Now < end;)
            continue;
        Hypercalls.Shutdown(ShutdownReason.Reboot);
    }

    private static void AskWithoutEnd()
    {
        EventInitControl argument = default;
        while (true)
        {
            argument.ControlFrame = frame;
            argument.Offset = 0;
            argument.Vcpu = 1;
            GuestKit.Events.Call(EventChannelCommand.InitControl, Hypercalls.AddressOf(in argument));
        }
    }
}
