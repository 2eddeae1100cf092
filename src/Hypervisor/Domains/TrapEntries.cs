using System;

using Serai.Abi;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Domains;

/// <summary>Where each exception of a virtual CPU goes in its guest's kernel.</summary>
public static class TrapEntries
{
    /// <summary>Sets one vector's entry, whose address is canonical.</summary>
    public static void Set(ref VirtualCpu vcpu, in TrapInfo entry)
    {
        vcpu.Traps.Addresses[entry.Vector] = entry.Address;
        vcpu.Traps.Flags[entry.Vector] = (byte)entry.Flags;
        vcpu.TrapSelectors[entry.Vector] = entry.Cs == 0 ? FlatSelectors.KernelCode : (ushort)(entry.Cs | 3);
    }

    /// <summary>Exceptions go nowhere.</summary>
    public static void Clear(ref VirtualCpu vcpu)
    {
        ((Span<ulong>)vcpu.Traps.Addresses).Clear();
        ((Span<byte>)vcpu.Traps.Flags).Clear();
        ((Span<ushort>)vcpu.TrapSelectors).Clear();
    }
}
