using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_multicall: a batch of calls in order, each result written into its entry (ABI 02 §2.8).</summary>
public static class MulticallCall
{
    private const ulong EntryBytes = 64, ResultOffset = 8;

    /// <summary>Entries done before others get their chance.</summary>
    private const int Budget = 64;

    /// <summary>RDI: entries, RSI: how many. Errors: Fault.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong entries = registers.Rdi;
        ulong count = registers.Rsi & uint.MaxValue;
        for (int done = 0; count > 0; done++, count--, entries = unchecked(entries + EntryBytes))
        {
            if (done == Budget || Preemption.IsDue || vcpu.Domain.Stage != DomainStage.Alive)
                return Remember(ref registers, entries, count);
            if (!GuestMemory.TryRead(entries, out MulticallEntry entry))
                return Hypercalls.Error(Errno.Fault);
            long result = PerformEntry(ref vcpu, entry);
            if (result == Hypercalls.Again)
                return Interrupted(ref vcpu, entries, count, entry);
            if (!GuestMemory.TryWrite64(unchecked(entries + ResultOffset), unchecked((ulong)result)))
                return Hypercalls.Error(Errno.Fault);
        }
        return 0;
    }

    private static long PerformEntry(ref VirtualCpu vcpu, in MulticallEntry entry)
    {
        ref Registers registers = ref vcpu.Registers;
        registers.Rdi = entry.Argument1;
        registers.Rsi = entry.Argument2;
        registers.Rdx = entry.Argument3;
        registers.R10 = entry.Argument4;
        registers.R8 = entry.Argument5;
        // An iret in the middle of a batch would leave the rest undone, a batch in a batch could nest without end.
        // The dispatcher reads 32 bits of the number, so these are what must be compared.
        uint number = (uint)(entry.Op & uint.MaxValue);
        if ((Hypercall)number is Hypercall.Multicall or Hypercall.Iret)
            return Hypercalls.Error((Hypercall)number == Hypercall.Iret ? Errno.NoSys : Errno.Inval);
        return Hypercalls.Dispatch(ref vcpu, number);
    }

    /// <summary>An entry wants to go on later: what remains of it goes into the entry.</summary>
    private static long Interrupted(ref VirtualCpu vcpu, ulong entries, ulong count, MulticallEntry entry)
    {
        ref Registers registers = ref vcpu.Registers;
        entry.Argument1 = registers.Rdi;
        entry.Argument2 = registers.Rsi;
        entry.Argument3 = registers.Rdx;
        entry.Argument4 = registers.R10;
        entry.Argument5 = registers.R8;
        return GuestMemory.TryWrite(entries, entry) ? Remember(ref registers, entries, count) : Hypercalls.Error(Errno.Fault);
    }

    private static long Remember(ref Registers registers, ulong entries, ulong count)
    {
        registers.Rdi = entries;
        registers.Rsi = count;
        return Hypercalls.Again;
    }
}
