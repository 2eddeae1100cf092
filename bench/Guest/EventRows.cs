using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>An event channel from the domain to itself: sent, and sent and received.</summary>
internal static class EventRows
{
    private const int Loops = 10;

    private static uint port;

    internal static void Run()
    {
        if (port == 0)
            Connect();
        ref SharedInfo shared = ref Guest.SharedInfo;
        EventSend send;
        send.Port = port;
        Assembly.MarkStart(5);
        for (int i = 0; i < 1 << Loops; i++)
        {
            Hypercalls.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Send, Hypercalls.AddressOf(in send));
            shared.VcpuInfo[0].EventUpcallPending = 0;
            shared.VcpuInfo[0].EventPendingSelector = 0;
            shared.EventPending[0] = 0;
        }
        Assembly.MarkStop(Loops);
        Receive(ref shared, send);
    }

    private static void Receive(ref SharedInfo shared, EventSend send)
    {
        ulong before = Assembly.ReadEventsSeen();
        shared.VcpuInfo[0].EventUpcallMask = 0;
        Assembly.MarkStart(6);
        for (int i = 0; i < 1 << Loops; i++)
            Hypercalls.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Send, Hypercalls.AddressOf(in send));
        Assembly.MarkStop(Loops);
        shared.VcpuInfo[0].EventUpcallMask = 1;
        Verdict.Expect(Assembly.ReadEventsSeen() - before == 1 << Loops, "not every event was received"u8);
    }

    private static void Connect()
    {
        Ways.Register(CallbackType.Event, CallbackFlags.None, Assembly.EventEntry);
        EventAllocUnbound unbound = default;
        unbound.Domain = unbound.RemoteDomain = DomainIds.Self;
        long result = Hypercalls.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound, Hypercalls.AddressOf(in unbound));
        Verdict.ExpectResult(result, 0, "alloc_unbound"u8);
        EventBindInterdomain bind = default;
        bind.RemoteDomain = DomainIds.Self;
        bind.RemotePort = unbound.Port;
        result = Hypercalls.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindInterdomain, Hypercalls.AddressOf(in bind));
        Verdict.ExpectResult(result, 0, "bind_interdomain"u8);
        Guest.SharedInfo.EventMask[0] = 0;
        Guest.SharedInfo.EventPending[0] = 0;
        Guest.SharedInfo.VcpuInfo[0].EventPendingSelector = 0;
        Guest.SharedInfo.VcpuInfo[0].EventUpcallPending = 0;
        port = bind.LocalPort;
    }
}
