using System.Runtime.CompilerServices;

using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;
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
        ref Link<VirtualCpu> loaded = ref LoadedVcpus.All[processor.Number];
        if (!loaded.Same(ref next))
        {
            if (!loaded.IsNull)
                Save(ref loaded.Value);
            Separate(ref processor, next.Domain.Id);
            loaded = Link<VirtualCpu>.To(ref next);
            Load(ref processor, ref next);
        }
        else if (!next.IsKernel)
            Tlb.Load(next.KernelRoot);
        Runstates.Publish(ref next);
        if (!next.IsKernel)
            Tlb.Load(next.UserRoot);
    }

    /// <summary>Leaves nothing of another domain that ran here for the one that comes; sleep in between changes nothing.</summary>
    private static void Separate(ref ProcessorState processor, ushort domain)
    {
        if (processor.TracesOf == domain + 1u)
            return;
        processor.TracesOf = domain + 1u;
        Speculation.Forget();
    }

    /// <summary>A domain is no more: another one may get its id, and must not be taken for it.</summary>
    public static void ForgetTraces(ushort domain)
    {
        for (ulong number = 0; number < Processors.All.Length; number++)
        {
            ref ProcessorState processor = ref Processors.All[number].Value;
            if (processor.TracesOf == domain + 1u)
                processor.TracesOf = 0;
        }
    }

    private static void Save(ref VirtualCpu vcpu)
    {
        if (vcpu.HasLostSelectors)
            SaveAllButSelectors(ref vcpu.Segments);
        else
            Segments.Save(ref vcpu.Segments);
        GuestFloatingPoint.Save(ref vcpu);
    }

    /// <summary>The guest has not been told yet that selectors were refused: the record keeps those that it had.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SaveAllButSelectors(ref SegmentState segments)
    {
        SegmentState lost = segments;
        Segments.Save(ref segments);
        (segments.Ds, segments.Es, segments.Fs, segments.Gs) = (lost.Ds, lost.Es, lost.Fs, lost.Gs);
    }

    private static void Load(ref ProcessorState processor, ref VirtualCpu next)
    {
        next.Processor = Link<ProcessorState>.To(ref processor);
        DescriptorTables.SetEntryFrame(ref processor, ref next, VirtualCpu.FrameEnd);
        GuestDescriptors.Show(ref processor, ref next);
        LoadedRoots.Follow(ref next);
        Tlb.Load(next.KernelRoot);
        LocalDescriptors.ShowSelected(ref next);
        next.HasLostSelectors = Segments.Load(next.Segments) != 0 && next.Callbacks.Failsafe != 0;
        GuestFloatingPoint.Load(ref next);
        GuestDebugRegisters.Load(ref next);
        OwnRegisters.LoadCr4(ref next);
        OwnRegisters.LoadTscAux(ref next);
        TimeRecord.Publish(ref next);
    }

    /// <summary>
    /// A processor has nobody to run. The only processor there is keeps the state, since whose it is will likely be the next; one of several lets
    /// go of it, so that any other may run whoever sleeps, change what it uses, or take it apart.
    /// </summary>
    public static void ToNobody(ref ProcessorState processor)
    {
        ref Link<VirtualCpu> loaded = ref LoadedVcpus.All[processor.Number];
        if (loaded.IsNull || !Processors.AreMany)
            return;
        Save(ref loaded.Value);
        Empty(ref processor);
    }

    /// <summary>
    /// Lets go of a virtual CPU that will never run again: the processor then holds nobody's state and no guest's address space. No other
    /// processor than the one that calls this holds it.
    /// </summary>
    public static void Drop(ref VirtualCpu vcpu)
    {
        if (LoadedVcpus.All[vcpu.Processor.Value.Number].Same(ref vcpu))
            Empty(ref vcpu.Processor.Value);
    }

    private static void Empty(ref ProcessorState processor)
    {
        LoadedVcpus.All[processor.Number] = default;
        Tlb.Load(HypervisorTables.Root.Address);
        GuestDescriptors.Hide(ref processor);
    }
}
