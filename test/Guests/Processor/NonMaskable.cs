using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// An NMI is the one thing that comes through masked events: a kernel finds out with it where a virtual CPU hangs. One sent must come at once and
/// once, its handler's return must leave the mask as it was, and one without a handler must wait for it.
/// </summary>
internal static class NonMaskable
{
    private const uint Self = 0;
    private const int NmiVector = 2;

    internal static void Run()
    {
        Verdict.ExpectDone(Traps.SetCallback(CallbackType.Nmi, Traps.Stub(Traps.EventVector)), "callback_op with an NMI handler"u8);
        ref VcpuInfo info = ref Guest.VcpuInfo;
        foreach (byte mask in (ReadOnlySpan<byte>)[1, 0])
        {
            info.EventUpcallMask = mask;
            for (int turn = 0; turn < 3; turn++)
            {
                ulong count = Traps.EventCount;
                Verdict.ExpectDone(Send(Self), "send_nmi"u8);
                Hypercalls.Call(Hypercall.XenVersion);
                Verdict.ExpectResult((long)(Traps.EventCount - count), 1, "how often it came"u8);
                Verdict.Expect(info.EventUpcallMask == mask, "the handler's return did not restore the mask"u8);
            }
        }

        info.EventUpcallMask = 1;
        ulong before = Traps.EventCount;
        CallbackUnregister old = default;
        old.Type = CallbackType.Nmi;
        Verdict.ExpectDone(
            Hypercalls.Call(Hypercall.CallbackOp, (ulong)CallbackCommand.Unregister, Hypercalls.AddressOf(in old)), "no handler any more"u8);
        Verdict.ExpectDone(Send(Self), "send_nmi without a handler"u8);
        Verdict.ExpectDone(Send(Self), "the same again"u8);
        Hypercalls.Yield();
        Verdict.ExpectResult((long)(Traps.EventCount - before), 0, "how often it came without a handler"u8);
        Verdict.ExpectDone(Traps.SetCallback(CallbackType.Nmi, Traps.Stub(Traps.EventVector)), "a handler again"u8);
        Hypercalls.Call(Hypercall.XenVersion);
        Verdict.ExpectResult((long)(Traps.EventCount - before), 1, "how often the one that waited came"u8);
        foreach (uint nobody in (ReadOnlySpan<uint>)[77, 8192, uint.MaxValue])
            Verdict.ExpectError(Send(nobody), Errno.NoEnt, "to a virtual CPU that there is not"u8);
        Verdict.ExpectDone(Traps.Set(NmiVector, Traps.Stub(NmiVector)), "the stub again"u8);
    }

    private static long Send(uint vcpu) => Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, vcpu);
}
