using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Scheduling;

/// <summary>
/// The number of a virtual CPU is an index. Linux asks for 8192 of them to find out how many there are; a crafty guest asks for 2^32 - 1, starts
/// the one that runs already, or gives it a second context.
/// </summary>
internal static class VirtualProcessors
{
    internal static void Run()
    {
        for (uint number = 1; number < 8192; number += 97)
            Verdict.ExpectError(Call(VcpuCommand.IsUp, number, 0), Errno.NoEnt, "is_up of a virtual CPU that there is not"u8);
        ulong page = Frames.Take();
        foreach (uint number in (ReadOnlySpan<uint>)[1, 31, 32, 64, 0x7fff_ffff, uint.MaxValue])
        {
            for (uint command = 0; command < 14; command++)
                Verdict.ExpectError(Call((VcpuCommand)command, number, page), Errno.NoEnt, "a call for one that there is not"u8);
        }

        Verdict.ExpectResult(Call(VcpuCommand.IsUp, 0, 0), 1, "is_up of the one that runs"u8);
        Verdict.ExpectError(Call(VcpuCommand.Initialise, 0, page), Errno.Exist, "initialise of the one that runs"u8);
        Verdict.ExpectDone(Call(VcpuCommand.Up, 0, 0), "up of the one that runs"u8);
        foreach (uint command in (ReadOnlySpan<uint>)[14, 99, uint.MaxValue])
            Verdict.ExpectError(Call((VcpuCommand)command, 0, page), Errno.NoSys, "a command that there is not"u8);
        foreach (uint command in (ReadOnlySpan<uint>)[4, 5, 6, 8, 10, 13])
            Verdict.ExpectError(Call((VcpuCommand)command, 0, 0xffff_8300_0000_0000), Errno.Fault, "a record in the hypervisor"u8);
        foreach (uint command in (ReadOnlySpan<uint>)[8, 9, 99, uint.MaxValue])
            Verdict.ExpectError(Hypercalls.Call(Hypercall.SchedOp, command, page), Errno.NoSys, "a sched_op that there is not"u8);
        SchedShutdown shutdown = default;
        shutdown.Reason = (ShutdownReason)77;
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Shutdown, Hypercalls.AddressOf(in shutdown)), Errno.Inval, "an odd shutdown"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Shutdown, 16), Errno.Fault, "a shutdown without a record"u8);
        SchedRemoteShutdown remote = default;
        remote.Domain = 99;
        remote.Reason = ShutdownReason.Crash;
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.RemoteShutdown, Hypercalls.AddressOf(in remote)),
            Errno.Srch, "shutting down a domain that there is not"u8);
        Pin();
    }

    private static void Pin()
    {
        foreach (int nowhere in (ReadOnlySpan<int>)[63, 64, 4095, int.MaxValue, -1])
            Verdict.ExpectError(Pin(nowhere), Guest.IsInitial ? Errno.Inval : Errno.Perm, "pinned to a processor that there is not"u8);
        if (!Guest.IsInitial)
            return;
        Verdict.ExpectDone(Pin(0), "pinned to processor 0"u8);
        Verdict.ExpectDone(Pin(0), "pinned twice"u8);
        Verdict.ExpectDone(Pin(int.MinValue), "no longer pinned"u8);
        Verdict.ExpectError(Pin(-1), Errno.Inval, "pinned no longer when it was not"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, 16), Errno.Fault, "a pin without a record"u8);
    }

    private static long Pin(int processor)
    {
        SchedPinOverride pin = default;
        pin.Pcpu = processor;
        return Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, Hypercalls.AddressOf(in pin));
    }

    private static long Call(VcpuCommand command, uint number, ulong record) =>
        Hypercalls.Call(Hypercall.VcpuOp, (ulong)command, number, record);
}
