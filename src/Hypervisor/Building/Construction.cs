using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Images;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>The steps of a domain's creation, in their order.</summary>
public enum BuildStep
{
    /// <summary>Its record, by which it is known; what was left for another of its id is taken back.</summary>
    Record,

    /// <summary>Its shared page and its virtual CPUs.</summary>
    VirtualCpus,

    /// <summary>Temporary memory for the list of its frames, which is given back when all is done.</summary>
    List,

    /// <summary>Its memory.</summary>
    Memory,

    /// <summary>Kernel, initrd and list are copied.</summary>
    Contents,

    /// <summary>Its first page tables are written.</summary>
    Tables,

    /// <summary>They are taken over as a running guest's are.</summary>
    Roots,

    /// <summary>The rings of console and xenstore.</summary>
    Rings,

    /// <summary>start_info, and the registers of its first virtual CPU.</summary>
    Entry,

    /// <summary>All is done.</summary>
    End,
}

/// <summary>
/// A domain on its way into being: what it is made of, and what there is of it. Every step has its undo. A step that fails may have done a part, so
/// its own undo comes first, and then those of the steps before it; each gives back what there is, be that nothing.
/// </summary>
public struct Construction
{
    public DomainSpecification Specification;
    public UnpackedKernel Image;
    public KernelDescription Kernel;
    public BootLayout Layout;
    public Link<Domain> Made;
    public TemporaryMemory List;
    public Mfn Root;

    private readonly ref Domain Domain => ref Made.Value;

    /// <summary>Does all steps; None, or why one cannot be done: then nothing is left of any.</summary>
    public BuildError DoAll()
    {
        for (BuildStep step = BuildStep.Record; step < BuildStep.End; step++)
        {
            BuildError reason = Do(step);
            if (reason == BuildError.None)
                continue;
            UndoFrom(step);
            return reason;
        }
        List.Give();
        return BuildError.None;
    }

    /// <summary>Does a step, all before it being done.</summary>
    public BuildError Do(BuildStep step) => step switch
    {
        BuildStep.Record => MakeRecord(),
        BuildStep.VirtualCpus => VcpuFrames.TryMakeAll(ref Domain, Specification.Vcpus) ? BuildError.None : BuildError.NoMemoryForVcpus,
        BuildStep.List => TemporaryMemory.TryTake(Layout.Pages * 8, out List) ? BuildError.None : BuildError.NoMemoryForList,
        BuildStep.Memory => MemoryGiver.TryGive(ref Domain, Layout.Pages, List.Numbers) ? BuildError.None : BuildError.NoMemory,
        BuildStep.Contents => Copy(),
        BuildStep.Tables => BootTables.TryMapAll(Kernel, Layout, List.Numbers, out Root) ? BuildError.None : BuildError.TablesTooFew,
        BuildStep.Roots => Adopt(ref Domain, Root) == Errno.None ? BuildError.None : BuildError.TablesInvalid,
        BuildStep.Rings => TakeRings() == Errno.None ? BuildError.None : BuildError.TablesInvalid,
        _ => SetEntry(),
    };

    /// <summary>Undoes a step and all before it.</summary>
    public void UndoFrom(BuildStep step)
    {
        for (; step > BuildStep.Record; step--)
            Undo(step);
        if (!Made.IsNull)
            DomainFrame.Remove(ref Domain);
    }

    /// <summary>Undoes one step, all behind it being undone.</summary>
    public readonly void Undo(BuildStep step)
    {
        switch (step)
        {
            case BuildStep.VirtualCpus:
                Releases.Complete(ref Domain, TeardownPhase.SharedPage);
                VcpuFrames.Remove(ref Domain);
                break;
            case BuildStep.List:
                List.Give();
                break;
            case BuildStep.Memory:
                Releases.Complete(ref Domain, TeardownPhase.Frames);
                break;
            case BuildStep.Roots:
                Releases.Complete(ref Domain, TeardownPhase.VirtualCpus);
                Releases.Complete(ref Domain, TeardownPhase.Pins);
                break;
            case BuildStep.Rings:
                Releases.Complete(ref Domain, TeardownPhase.Events);
                Releases.Complete(ref Domain, TeardownPhase.Rings);
                break;
        }
    }

    private BuildError MakeRecord()
    {
        Span<byte> name = Scratch.Zeroed(stackalloc byte[DomainSpecification.NameRoom]);
        if (DomainFrame.Create(name[..Specification.WriteName(name)], Specification.IsInitial, out Made) != Errno.None)
            return BuildError.TooManyDomains;
        ref Domain domain = ref Domain;
        domain.Rights.IsInitial = domain.Rights.HasHardware = Specification.IsInitial;
        domain.Memory.MaximumPages = Specification.MaximumMemory >> Mfn.Shift;
        domain.Origin.Module = Specification.IsInitial ? -1 : Specification.KernelModule;
        domain.Origin.Copy = Specification.Copy;
        domain.Origin.QuickReboots = Specification.QuickReboots;
        ShareControl.Set(ref domain, Specification.Share);
        uint id = 0;
        int frame = 0;
        while (domain.HasPredecessor && LeftGrants.TryStep(ref id, ref frame, domain.Id))
            Processors.Breathe();
        return BuildError.None;
    }

    private readonly BuildError Copy()
    {
        Table<ulong> machine = List.Numbers;
        ReadOnlySpan<byte> file = Image.File(Specification);
        for (int index = 0; index < Kernel.Elf.SegmentCount; index++)
        {
            ElfSegment segment = Kernel.Elf.Segment(file, index);
            if (segment.IsLoaded)
                MemoryGiver.Copy(machine, Kernel.PlaceOf(segment), segment.Data(file));
        }
        MemoryGiver.Copy(machine, Layout.Module << Mfn.Shift, Specification.Ramdisk);
        MemoryGiver.CopyNumbers(machine, Layout.List << Mfn.Shift, machine);
        if (Kernel.Notes.HypercallPage is { } page)
            HypercallPage.Fill(DirectMap.Frame(new Mfn(machine[(page - Kernel.Notes.VirtualBase) >> Mfn.Shift])));
        return BuildError.None;
    }

    /// <summary>Tables become pinned, and the kernel's of virtual CPU 0. Errors: as for any table.</summary>
    public static Errno Adopt(ref Domain domain, Mfn root)
    {
        ref VirtualCpu first = ref domain.Vcpu(0);
        Errno error;
        while ((error = Pins.Pin(ref domain, root, FrameType.L4)) == Errno.Restart)
        {
            Processors.Breathe();
            Preemption.Begin();
        }
        if (error == Errno.None)
            error = AddressSpaces.Get(ref first, root);
        if (error == Errno.None)
            first.KernelRoot = root.Address;
        return error;
    }

    private readonly Errno TakeRings() => Specification.IsInitial ? Errno.None
        : HypervisorEnds.Take(ref Domain, new Mfn(List.Numbers[Layout.Console]), new Mfn(List.Numbers[Layout.Store]));

    private readonly BuildError SetEntry()
    {
        StartInfoPage.Fill(ref Domain, Specification, Kernel, Layout, List.Numbers);
        ref VirtualCpu vcpu = ref Domain.Vcpu(0);
        ref Registers registers = ref vcpu.Registers;
        registers.Rip = Kernel.Entry;
        registers.Rsp = unchecked(Layout.VirtualBase + (Layout.Stack + 1 << Mfn.Shift));
        registers.Rsi = unchecked(Layout.VirtualBase + (Layout.StartInfo << Mfn.Shift));
        registers.Rflags = Flags.Interrupt;
        registers.Cs = FlatSelectors.KernelCode;
        registers.Ss = FlatSelectors.KernelStack;
        KernelStack.TrySet(ref vcpu, registers.Ss, registers.Rsp);
        vcpu.IsInitialised = true;
        return BuildError.None;
    }
}
