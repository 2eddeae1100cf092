using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// HYPERVISOR_multicall: a batch of calls in order, each result written into its entry (ABI 02 §2.8). The entries' arguments pass through the
/// frame's registers; the caller finds its own there again, and so does the context that an iret in the batch leads to.
/// </summary>
public static class MulticallCall
{
    private const ulong EntryBytes = 64, ResultOffset = 8, ArgumentsOffset = 16;

    /// <summary>Entries done before others get their chance.</summary>
    private const uint MostAtOnce = 64;

    /// <summary>The five registers of a call: the caller's own, or what remains of an entry that goes on later.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public ulong First, Second, Third, Fourth, Fifth;

        public static Arguments Of(in Registers registers) => new()
        {
            First = registers.Rdi,
            Second = registers.Rsi,
            Third = registers.Rdx,
            Fourth = registers.R10,
            Fifth = registers.R8,
        };

        public readonly void PutInto(ref Registers registers)
        {
            registers.Rdi = First;
            registers.Rsi = Second;
            registers.Rdx = Third;
            registers.R10 = Fourth;
            registers.R8 = Fifth;
        }
    }

    /// <summary>RDI: entries, RSI: how many. Errors: Fault.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        Arguments callers = Arguments.Of(registers);
        var entry = new GuestAddress(registers.Rdi);
        uint count = (uint)(registers.Rsi & uint.MaxValue), end = count > MostAtOnce ? count - MostAtOnce : 0;
        for (; count != end; count--, entry = entry + EntryBytes)
        {
            if (Preemption.IsDue || vcpu.MustLeave)
                break;
            Flushes.Finish(ref vcpu.Processor.Value);
            if (!GuestMemory.TryReadCall(entry, ref registers.R15, out uint number))
                return Unreadable(ref registers, callers);
            if ((Hypercall)number == Hypercall.Iret)
            {
                // It ends the batch: neither its own result nor what stands behind it is to be.
                callers.PutInto(ref registers);
                return IretCall.Perform(ref vcpu);
            }
            // A batch in a batch could nest without end.
            long result = (Hypercall)number == Hypercall.Multicall ? CallResult.Error(Errno.Inval) : Hypercalls.Dispatch(ref vcpu, number);
            Preemption.Charge(Cost.BatchEntry);
            if (result == CallResult.Again)
                return Interrupted(ref registers, callers, entry, count);
            if (!GuestMemory.TryWrite64(entry + ResultOffset, unchecked((ulong)result)))
                return Unreadable(ref registers, callers);
        }
        callers.PutInto(ref registers);
        return count == 0 ? 0 : Remember(ref registers, entry, count);
    }

    private static long Unreadable(ref Registers registers, in Arguments callers)
    {
        callers.PutInto(ref registers);
        return CallResult.Error(Errno.Fault);
    }

    /// <summary>An entry wants to go on later: what remains of it goes into the entry.</summary>
    private static long Interrupted(ref Registers registers, in Arguments callers, GuestAddress entry, uint count)
    {
        Arguments rest = Arguments.Of(registers);
        callers.PutInto(ref registers);
        return GuestMemory.TryWrite(entry + ArgumentsOffset, rest)
            ? Remember(ref registers, entry, count) : CallResult.Error(Errno.Fault);
    }

    private static long Remember(ref Registers registers, GuestAddress entry, uint count)
    {
        registers.Rdi = entry.Value;
        registers.Rsi = count;
        return CallResult.Again;
    }
}
