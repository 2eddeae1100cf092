using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
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
        var record = new GuestAddress(vcpu.Registers.Rsi);
        uint count = (uint)(vcpu.Registers.Rdx & uint.MaxValue);
        if (count > int.MaxValue)
            return CallResult.Error(Errno.Inval);
        switch ((GrantTableCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case GrantTableCommand.MapGrantRef: return PerformList(ref vcpu, GrantTableCommand.MapGrantRef, MapRecordBytes);
            case GrantTableCommand.UnmapGrantRef: return PerformUnmap(ref vcpu, replace: false);
            case GrantTableCommand.UnmapAndReplace: return PerformUnmap(ref vcpu, replace: true);
            case GrantTableCommand.Copy: return PerformList(ref vcpu, GrantTableCommand.Copy, CopyCall.RecordBytes);
            case GrantTableCommand.Transfer: return PerformList(ref vcpu, GrantTableCommand.Transfer, TransferCall.RecordBytes);
            case GrantTableCommand.SwapGrantRef: return PerformList(ref vcpu, GrantTableCommand.SwapGrantRef, SwapCall.RecordBytes);
            case GrantTableCommand.CacheFlush: return PerformList(ref vcpu, GrantTableCommand.CacheFlush, CacheFlushCall.RecordBytes);
            case GrantTableCommand.SetupTable: return CallResult.Error(count == 1 ? TableCalls.SetUp(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.QuerySize: return CallResult.Error(count == 1 ? TableCalls.QuerySize(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.GetStatusFrames:
                return CallResult.Error(count == 1 ? TableCalls.GetStatusFrames(ref vcpu, record) : Errno.Inval);
            case GrantTableCommand.SetVersion: return CallResult.Error(TableCalls.SetVersion(record));
            case GrantTableCommand.GetVersion: return CallResult.Error(TableCalls.GetVersion(ref vcpu, record));
            default: return CallResult.Error(Errno.NoSys);
        }
    }

    private static long PerformList(ref VirtualCpu vcpu, GrantTableCommand command, uint recordBytes)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        bool isForgotten = false;
        for (uint left = (uint)(vcpu.Registers.Rdx & uint.MaxValue); left != 0;)
        {
            Errno error = PerformOne(ref vcpu, command, record, ref isForgotten);
            if (error == Errno.Restart)
                return Remember(ref vcpu, record, left);
            if (error != Errno.None)
                return CallResult.Error(error);
            record += recordBytes;
            left = unchecked(left - 1);
            if (Preemption.IsDue && left != 0)
                return Remember(ref vcpu, record, left);
        }
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno PerformOne(ref VirtualCpu vcpu, GrantTableCommand command, GuestAddress record, ref bool isForgotten) => command switch
    {
        GrantTableCommand.MapGrantRef => MapCall.Perform(ref vcpu, record),
        GrantTableCommand.Copy => CopyCall.Perform(ref vcpu, record),
        GrantTableCommand.SwapGrantRef => SwapCall.Perform(ref vcpu, record),
        GrantTableCommand.Transfer => TransferCall.Perform(ref vcpu, record, ref isForgotten),
        _ => CacheFlushCall.Perform(ref vcpu, record),
    };

    private static long PerformUnmap(ref VirtualCpu vcpu, bool replace)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        for (uint left = (uint)(vcpu.Registers.Rdx & uint.MaxValue); left != 0;)
        {
            Errno error = UnmapCall.Perform(ref vcpu, record, left, replace, out uint done);
            if (error != Errno.None)
                return CallResult.Error(error);
            record = unchecked(record + done * UnmapCall.RecordBytes);
            left -= done;
            if (Preemption.IsDue && left != 0)
                return Remember(ref vcpu, record, left);
        }
        return 0;
    }

    private static long Remember(ref VirtualCpu vcpu, GuestAddress record, uint left)
    {
        vcpu.Registers.Rsi = record.Value;
        vcpu.Registers.Rdx = left;
        return CallResult.Again;
    }
}
