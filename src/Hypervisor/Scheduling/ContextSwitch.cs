using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Puts a virtual CPU's state into a processor. General registers need no move, they live in its frame; the rest (segments, descriptor tables,
/// floating-point state, address space) stays in the processor until another virtual CPU needs it, so waking the same one again is free.
/// </summary>
public static class ContextSwitch
{
    /// <summary>Makes `next` the one whose state the processor holds and whose frame the next entry fills.</summary>
    public static void To(ref ProcessorState processor, ref VirtualCpu next)
    {
        ref Link<VirtualCpu> loaded = ref State.Loaded[processor.Number];
        if (!loaded.Same(ref next))
        {
            if (!loaded.IsNull)
                Save(ref loaded.Value);
            loaded = Link<VirtualCpu>.To(ref next);
            Load(ref processor, ref next);
        }
        else if (!next.IsKernel)
            Tlb.Load(next.KernelRoot);
        Runstates.Publish(ref next);
        if (!next.IsKernel)
            Tlb.Load(next.UserRoot);
    }

    private static void Save(ref VirtualCpu vcpu)
    {
        Segments.Save(ref vcpu.Segments);
        GuestFloatingPoint.Save(ref vcpu);
    }

    private static void Load(ref ProcessorState processor, ref VirtualCpu next)
    {
        next.Processor = Link<ProcessorState>.To(ref processor);
        DescriptorTables.SetEntryFrame(ref processor, ref next, VirtualCpu.FrameEnd);
        GuestDescriptors.Show(ref processor, ref next);
        Tlb.Load(next.KernelRoot);
        Segments.Load(next.Segments);
        GuestFloatingPoint.Load(ref next);
        GuestDebugRegisters.Load(ref next);
        GuestCpuid.LoadCr4(ref next);
        GuestMsr.LoadTscAux(ref next);
        SystemTime.Publish(ref next);
    }

    /// <summary>Writes what the processor holds of a virtual CPU back into it, which stays loaded.</summary>
    public static void Flush(ref VirtualCpu vcpu)
    {
        if (State.Loaded[vcpu.Processor.Value.Number].Same(ref vcpu))
            Save(ref vcpu);
    }

    /// <summary>Lets go of a virtual CPU that will never run again: the processor then holds nobody's state and no guest's address space.</summary>
    public static void Drop(ref VirtualCpu vcpu)
    {
        for (ulong number = 0; number < State.Processors.Length; number++)
        {
            if (!State.Loaded[number].Same(ref vcpu))
                continue;
            State.Loaded[number] = default;
            Tlb.Load(HypervisorTables.Root.Address);
            GuestDescriptors.Hide(ref State.Processors[number].Value);
        }
    }
}
