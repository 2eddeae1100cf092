using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
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
            Clear(ref vcpu);
            return 0;
        }
        for (int done = 0; done < Longest + 1; done++, address = unchecked(address + EntryBytes))
        {
            Preemption.Charge(Cost.SmallRecord);
            if (!GuestMemory.TryRead(address, out TrapInfo entry))
                return Hypercalls.Error(Errno.Fault);
            if (entry.Address == 0)
                return 0;
            if (!Layout.IsCanonical(entry.Address))
                return Hypercalls.Error(Errno.Inval);
            Set(ref vcpu, entry);
        }
        return Hypercalls.Error(Errno.Inval);
    }

    /// <summary>Sets one vector's entry, whose address is canonical.</summary>
    public static void Set(ref VirtualCpu vcpu, in TrapInfo entry)
    {
        vcpu.TrapAddresses[entry.Vector] = entry.Address;
        vcpu.TrapFlags[entry.Vector] = (byte)entry.Flags;
        vcpu.TrapSelectors[entry.Vector] = entry.Cs == 0 ? FlatSelectors.KernelCode : (ushort)(entry.Cs | 3);
    }

    private static void Clear(ref VirtualCpu vcpu)
    {
        ((Span<ulong>)vcpu.TrapAddresses).Clear();
        ((Span<byte>)vcpu.TrapFlags).Clear();
        ((Span<ushort>)vcpu.TrapSelectors).Clear();
    }
}
