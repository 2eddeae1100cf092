using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>The same channel in the FIFO form, the queue empty each time.</summary>
internal static class FifoRows
{
    private const int Loops = 10;

    internal static void Run()
    {
        Verdict.ExpectDone(FifoEvents.Reset(), "reset"u8);
        Verdict.ExpectDone(FifoEvents.Begin(1), "the FIFO form"u8);
        long far = Events.AllocateUnbound(DomainIds.Self);
        EventSend send;
        send.Port = (uint)Events.BindInterdomain(DomainIds.Self, (uint)far);
        FifoEvents.Unmask(far);
        Guest.VcpuInfo.EventUpcallPending = 0;
        Assembly.MarkStart(30);
        for (int i = 0; i < 1 << Loops; i++)
        {
            Hypercalls.Call(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Send, Hypercalls.AddressOf(in send));
            Guest.VcpuInfo.EventUpcallPending = 0;
            FifoEvents.Take();
        }
        Assembly.MarkStop(Loops);
        Verdict.ExpectDone(Events.Send(send.Port), "send"u8);
        Verdict.ExpectResult(FifoEvents.Take(), far, "the port that was sent to"u8);
        Guest.VcpuInfo.EventUpcallPending = 0;
        Verdict.ExpectDone(FifoEvents.Reset(), "reset"u8);
    }
}
