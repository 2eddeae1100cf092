using System;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Control;

/// <summary>
/// HYPERVISOR_mca of the initial domain (xen-mca.h): which processors there are, and what they have reported. A machine check ends this hypervisor,
/// and no others are looked for, so there is never a report; but Linux' driver for them finds all that it asks for.
/// </summary>
public static class MachineCheckCalls
{
    /// <summary>RDI: the record. Errors, in Xen's order: Perm, Fault, Access for another interface version, Inval.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return CallResult.Error(Errno.Perm);
        var record = new GuestAddress(vcpu.Registers.Rdi);
        if (!GuestMemory.TryRead(record, out MachineCheckOperation operation))
            return CallResult.Error(Errno.Fault);
        if (operation.InterfaceVersion != MachineCheckInterface.Version)
            return CallResult.Error(Errno.Access);
        const ulong payload = 8;
        return CallResult.Error(operation.Command switch
        {
            MachineCheckCommand.Fetch => Fetch(record + payload, operation.Fetch),
            MachineCheckCommand.PhysicalCpuInfo => TellProcessors(record + payload, operation.CpuInfo),
            _ => Errno.Inval,
        });
    }

    /// <summary>There is nothing to fetch, and nothing that was fetched is told to be done with.</summary>
    private static Errno Fetch(GuestAddress payload, MachineCheckFetch fetch)
    {
        const uint kinds = (uint)(MachineCheckFetchFlags.Urgent | MachineCheckFetchFlags.NonUrgent);
        if ((fetch.Flags & kinds) is 0 or kinds)
            return Errno.Inval;
        if ((fetch.Flags & (uint)MachineCheckFetchFlags.Acknowledge) != 0)
            return Errno.None;
        if (fetch.Data == 0)
            return Errno.Inval;
        (fetch.Flags, fetch.FetchId) = ((uint)MachineCheckFetchResult.NoData, 0);
        return GuestMemory.TryWrite(payload, fetch) ? Errno.None : Errno.Fault;
    }

    private static Errno TellProcessors(GuestAddress payload, in MachineCheckCpuInfo asked)
    {
        uint count = (uint)Processors.All.Length;
        Errno error = Errno.None;
        if (asked.Records != 0)
        {
            if (asked.Count is 0 or > int.MaxValue)
                return Errno.Inval;
            count = asked.Count < count ? asked.Count : count;
            error = TellEach(new GuestAddress(asked.Records), count);
        }
        return GuestMemory.TryWrite(payload, count) ? error : Errno.Fault;
    }

    private static Errno TellEach(GuestAddress records, uint count)
    {
        const ulong recordBytes = 304;
        LogicalCpu cpu = Describe();
        for (uint number = 0; number < count; number++)
        {
            Preemption.Charge(Cost.RootGroup);
            (cpu.Number, cpu.CoreId, cpu.ApicId) = (number, (ushort)number, Processors.All[number].Value.ApicIdentifier);
            cpu.ClusterId = cpu.ApicId & 255;
            if (!GuestMemory.TryWrite(records + number * recordBytes, cpu))
                return Errno.Fault;
        }
        return Errno.None;
    }

    /// <summary>What holds of all processors. Which of them share a core or a chip is not told: they are the cores of one.</summary>
    private static LogicalCpu Describe()
    {
        const uint capability = 0x179, extendedFeatures = 0x8000_0001, bytesPerLineUnit = 8;
        const int standardD = 0, extendedD = 1, standardC = 4, extendedC = 6;
        var model = ProcessorModel.Read();
        LogicalCpu cpu = default;
        // What lies between its fields is told too.
        MemoryMarshal.AsBytes(new Span<LogicalCpu>(ref cpu)).Clear();
        cpu.Cores = cpu.ActiveCores = (uint)Processors.All.Length;
        cpu.Threads = 1;
        (cpu.HighestLeaf, cpu.Family, cpu.Model, cpu.Stepping) = (unchecked((int)model.HighestLeaf), model.Family, model.Model, model.Stepping);
        cpu.Vendor = (uint)model.Vendor;
        model.WriteVendor(cpu.VendorName.AsSpan());
        ProcessorModel.WriteBrand(cpu.BrandName.AsSpan());
        Instructions.CpuidOrZeros(extendedFeatures, out _, out _, out uint c, out uint d);
        (cpu.Features[standardD], cpu.Features[standardC]) = (model.FeaturesD, model.FeaturesC);
        (cpu.Features[extendedD], cpu.Features[extendedC]) = (d, c);
        cpu.CacheAlignment = (model.Line >> 8 & 255) * bytesPerLineUnit;
        cpu.MsrCount = Instructions.TryReadMsr(capability, out ulong banks) ? 1 : 0;
        if (cpu.MsrCount != 0)
            cpu.Msrs[0] = new LogicalCpuMsr { Register = capability, Value = banks };
        return cpu;
    }
}
