using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// HYPERVISOR_grant_table_op (ABI 08 §8.2): version 1 of the interface. Calls on lists are done record by record; one that takes long goes on later
/// with what remains. What becomes of a record is its status; the call's own error is for records that cannot be read or written.
/// </summary>
public static class GrantCalls
{
    private const uint MapRecordBytes = 32;

    /// <summary>RDI: command, RSI: records, RDX: how many. Errors: Fault, Inval, Perm, Srch, NoSys, OpNotSupp.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ulong record = vcpu.Registers.Rsi;
        uint count = (uint)(vcpu.Registers.Rdx & uint.MaxValue);
        if (count > int.MaxValue)
            return Hypercalls.Error(Errno.Inval);
        switch ((GrantTableCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case GrantTableCommand.MapGrantRef: return PerformList(ref vcpu, GrantTableCommand.MapGrantRef, MapRecordBytes);
            case GrantTableCommand.UnmapGrantRef: return PerformUnmap(ref vcpu, replace: false);
            case GrantTableCommand.UnmapAndReplace: return PerformUnmap(ref vcpu, replace: true);
            case GrantTableCommand.Copy: return PerformList(ref vcpu, GrantTableCommand.Copy, CopyCall.RecordBytes);
            case GrantTableCommand.Transfer: return PerformList(ref vcpu, GrantTableCommand.Transfer, TransferCall.RecordBytes);
            case GrantTableCommand.SwapGrantRef: return PerformList(ref vcpu, GrantTableCommand.SwapGrantRef, SwapCall.RecordBytes);
            case GrantTableCommand.CacheFlush: return PerformList(ref vcpu, GrantTableCommand.CacheFlush, CacheFlushCall.RecordBytes);
            case GrantTableCommand.SetupTable: return Hypercalls.Error(count == 1 ? TableCalls.SetUp(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.QuerySize: return Hypercalls.Error(count == 1 ? TableCalls.QuerySize(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.GetStatusFrames:
                return Hypercalls.Error(count == 1 ? TableCalls.GetStatusFrames(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.SetVersion: return Hypercalls.Error(TableCalls.SetVersion(record));
            case GrantTableCommand.GetVersion: return Hypercalls.Error(TableCalls.GetVersion(ref vcpu, record));
            default: return Hypercalls.Error(Errno.NoSys);
        }
    }

    private static long PerformList(ref VirtualCpu vcpu, GrantTableCommand command, uint recordBytes)
    {
        ulong record = vcpu.Registers.Rsi;
        uint count = (uint)(vcpu.Registers.Rdx & uint.MaxValue);
        var error = Errno.None;
        Mfn moved = default;
        uint done = 0;
        while (error == Errno.None && done < count && (done == 0 || !Preemption.IsDue))
        {
            error = PerformOne(ref vcpu, command, record, ref moved);
            record = unchecked(record + recordBytes);
            done++;
        }
        // What holds for the frame that changed hands last holds for those before it.
        if (moved.Value != 0)
            Flushes.BeforeNewOwner(ref FrameTable.Of(moved));
        return Finish(ref vcpu, error, record, count - done);
    }

    private static Errno PerformOne(ref VirtualCpu vcpu, GrantTableCommand command, ulong record, ref Mfn moved)
    {
        switch (command)
        {
            case GrantTableCommand.MapGrantRef: return MapCall.Perform(ref vcpu, record);
            case GrantTableCommand.Copy: return CopyCall.Perform(ref vcpu, record);
            case GrantTableCommand.SwapGrantRef: return SwapCall.Perform(ref vcpu, record);
            case GrantTableCommand.CacheFlush: return CacheFlushCall.Perform(ref vcpu, record);
            default: return TransferCall.Perform(ref vcpu, record, ref moved);
        }
    }

    private static long PerformUnmap(ref VirtualCpu vcpu, bool replace)
    {
        ulong record = vcpu.Registers.Rsi;
        uint count = (uint)(vcpu.Registers.Rdx & uint.MaxValue);
        var error = Errno.None;
        for (bool first = true; error == Errno.None && count > 0 && (first || !Preemption.IsDue); first = false)
        {
            error = UnmapCall.Perform(ref vcpu, record, count, replace, out uint done);
            record = unchecked(record + done * UnmapCall.RecordBytes);
            count -= done;
        }
        return Finish(ref vcpu, error, record, count);
    }

    private static long Finish(ref VirtualCpu vcpu, Errno error, ulong record, uint left)
    {
        if (error != Errno.None || left == 0)
            return Hypercalls.Error(error);
        vcpu.Registers.Rsi = record;
        vcpu.Registers.Rdx = left;
        return Hypercalls.Again;
    }
}
