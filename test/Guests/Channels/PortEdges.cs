using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// A port is an index into the hypervisor's tables. 4096 of them exist in the two-level form; what is one further, or 2^32 - 1, must not be looked
/// up, and port 0 is nobody's.
/// </summary>
internal static class PortEdges
{
    internal static void Run()
    {
        foreach (uint port in (ReadOnlySpan<uint>)[0, 4095, 4096, 131071, 0x7fff_ffff, 0xffff_ffff])
        {
            Verdict.ExpectError(Events.Send(port), Errno.Inval, "send"u8);
            Verdict.ExpectError(Events.Close(port), Errno.Inval, "close"u8);
            Verdict.ExpectError(Events.Unmask(port), Errno.Inval, "unmask"u8);
            EventBindVcpu bind = default;
            bind.Port = port;
            Verdict.ExpectError(Events.Call(EventChannelCommand.BindVcpu, Hypercalls.AddressOf(in bind)), Errno.Inval, "bind_vcpu"u8);
            Verdict.ExpectError(Events.BindInterdomain(DomainIds.Self, port), Errno.Inval, "bind_interdomain"u8);
            EventStatus status = default;
            status.Domain = DomainIds.Self;
            status.Port = port;
            // Port 0, which nobody can have, is closed.
            long result = Events.Call(EventChannelCommand.Status, Hypercalls.AddressOf(in status));
            Verdict.ExpectResult(result, port < 4096 ? 0 : -(long)Errno.Inval, "status"u8);
            Verdict.Expect(port != 0 || status.State == EventChannelState.Closed, "the status of port 0"u8);
        }

        foreach (uint command in (ReadOnlySpan<uint>)[14, 99, uint.MaxValue])
            Verdict.ExpectError(Events.Call((EventChannelCommand)command, Frames.Take()), Errno.NoSys, "an operation that there is not"u8);
        for (uint command = 0; command < 14; command++)
        {
            Verdict.ExpectError(
                Events.Call((EventChannelCommand)command, 0xffff_8300_0000_0000), Errno.Fault, "a record in the hypervisor"u8);
        }
    }
}
