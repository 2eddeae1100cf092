using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_set_trap_table (ABI 04 §4.5).</summary>
public static class TrapTableCall
{
    private const ulong EntryBytes = 16;
    private const int Longest = 256;

    /// <summary>RDI: entries up to one with address 0, or null to clear all. Errors: Fault, Inval for an address that is not canonical.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ulong address = vcpu.Registers.Rdi;
        if (address == 0)
        {
            TrapEntries.Clear(ref vcpu);
            return 0;
        }
        for (int done = 0; done < Longest + 1; done++, address = unchecked(address + EntryBytes))
        {
            Preemption.Charge(Cost.SmallRecord);
            if (!GuestMemory.TryRead(new(address), out TrapInfo entry))
                return CallResult.Error(Errno.Fault);
            if (entry.Address == 0)
                return 0;
            if (!Layout.IsCanonical(entry.Address))
                return CallResult.Error(Errno.Inval);
            TrapEntries.Set(ref vcpu, entry);
        }
        return CallResult.Error(Errno.Inval);
    }
}
