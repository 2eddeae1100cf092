using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_multicall: a batch of calls in order, each result written into its entry (ABI 02 §2.8).</summary>
public static class MulticallCall
{
    private const ulong EntryBytes = 64, ResultOffset = 8, ArgumentsOffset = 16;

    /// <summary>Entries done before others get their chance.</summary>
    private const uint Budget = 64;

    /// <summary>What remains of an entry that goes on later.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public ulong First, Second, Third, Fourth, Fifth;
    }

    /// <summary>RDI: entries, RSI: how many. Errors: Fault.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong entry = registers.Rdi;
        uint count = (uint)(registers.Rsi & uint.MaxValue), end = count > Budget ? count - Budget : 0;
        for (; count != end; count--, entry = unchecked(entry + EntryBytes))
        {
            if (Preemption.IsDue || vcpu.MustLeave)
                return Remember(ref registers, entry, count);
            if (!GuestMemory.TryReadCall(entry, ref registers.R15, out uint number))
                return Hypercalls.Error(Errno.Fault);
            long result = IsAllowed(number) ? Hypercalls.Dispatch(ref vcpu, number) : Refusal(number);
            Preemption.Charge(Cost.BatchEntry);
            if (result == Hypercalls.Again)
                return Interrupted(ref registers, entry, count);
            if (!GuestMemory.TryWrite64(unchecked(entry + ResultOffset), unchecked((ulong)result)))
                return Hypercalls.Error(Errno.Fault);
        }
        return count == 0 ? 0 : Remember(ref registers, entry, count);
    }

    /// <summary>An iret in the middle of a batch would leave the rest undone, a batch in a batch could nest without end.</summary>
    private static bool IsAllowed(uint number) => (Hypercall)number is not (Hypercall.Multicall or Hypercall.Iret);

    private static long Refusal(uint number) => Hypercalls.Error((Hypercall)number == Hypercall.Iret ? Errno.NoSys : Errno.Inval);

    /// <summary>An entry wants to go on later: what remains of it goes into the entry.</summary>
    private static long Interrupted(ref Registers registers, ulong entry, uint count)
    {
        var rest = new Arguments
        {
            First = registers.Rdi,
            Second = registers.Rsi,
            Third = registers.Rdx,
            Fourth = registers.R10,
            Fifth = registers.R8,
        };
        return GuestMemory.TryWrite(unchecked(entry + ArgumentsOffset), rest)
            ? Remember(ref registers, entry, count) : Hypercalls.Error(Errno.Fault);
    }

    private static long Remember(ref Registers registers, ulong entry, uint count)
    {
        registers.Rdi = entry;
        registers.Rsi = count;
        return Hypercalls.Again;
    }
}
