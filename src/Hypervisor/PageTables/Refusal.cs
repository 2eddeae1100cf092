using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Tells on the console, as far as guest_loglvl= allows, what of a guest's memory operations was refused and what the frame in question is.
/// </summary>
public static class Refusal
{
    /// <summary>A refused operation on a frame, with the value that was to be stored.</summary>
    public static void Tell(in Domain domain, ReadOnlySpan<byte> operation, Errno error, Mfn frame, ulong value)
    {
        // The operation itself could not be read: there is nothing to tell of it.
        if (error == Errno.Fault)
            return;
        Log line = Log.GuestWarning();
        line.Text("domain "u8).Name(domain).Text(": "u8).Text(operation).Text(" refused with error "u8).Number((ulong)error)
            .Text(", frame "u8).Hex(frame.Value).Text(", value "u8).Hex(value);
        if (FrameTable.Exists(frame))
        {
            ref Frame record = ref FrameTable.Of(frame);
            line.Text(", owner "u8).Number(record.Owner).Text(", type "u8).Number((ulong)record.Type).Text(" x "u8).Number(record.TypeCount)
                .Text(", references "u8).Number(record.Count);
        }
        line.End();
    }
}
