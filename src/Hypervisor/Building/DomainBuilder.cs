using System;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
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

/// <summary>
/// Makes a domain from a kernel image (ABI 01): unpack, describe, give memory, load, write tables and start_info, and let the same validation
/// that guests are held to take over the tables. Every step says in words why it cannot be done; what has been made is then taken apart as a dead
/// domain is.
/// </summary>
public static class DomainBuilder
{
    /// <summary>Builds a domain that is ready to run, paused for its building only; None when it is done, else the reason.</summary>
    public static BuildError Build(in DomainSpecification specification, out Link<Domain> domain)
    {
        domain = default;
        // What needs no look at the kernel comes first.
        BuildError reason = specification.Kernel.Length == 0 ? BuildError.NoKernel : Check(specification);
        if (reason != BuildError.None)
            return reason;
        reason = UnpackedKernel.Open(specification, out UnpackedKernel kernel);
        if (reason != BuildError.None)
            return reason;
        reason = Build(specification, kernel, out domain);
        kernel.Close();
        return reason;
    }

    /// <summary>The same from a kernel that is unpacked.</summary>
    public static BuildError Build(in DomainSpecification specification, in UnpackedKernel kernel, out Link<Domain> domain)
    {
        domain = default;
        BuildError reason = Check(specification);
        return reason == BuildError.None ? Describe(specification, kernel.File(specification), out domain) : reason;
    }

    private static BuildError Check(in DomainSpecification specification)
    {
        Span<byte> name = Scratch.Zeroed(stackalloc byte[DomainSpecification.NameRoom]);
        if (DomainTable.TryFind(name[..specification.WriteName(name)], out _))
            return BuildError.NameTaken;
        ulong pages = specification.Memory >> Mfn.Shift;
        return pages >= 1ul << 32 || pages > FrameAllocator.FreeCount ? BuildError.NoMemory : BuildError.None;
    }

    /// <summary>
    /// Bytes that building a domain of at most `memory` bytes takes beside these bytes, for as long as it lasts: the unpacked kernel, the list of
    /// frames, and the domain's records.
    /// </summary>
    public static ulong RoomToBuild(int kernelModule, ulong memory)
    {
        const ulong records = 1 << 20;
        var specification = new DomainSpecification { KernelModule = kernelModule };
        return KernelImage.Open(specification.Kernel, out KernelImage image) == ImageError.None
            ? (ulong)image.DestinationSize + KernelImage.WorkspaceSize + (memory >> Mfn.Shift) * 8 + records : 0;
    }

    private static BuildError Describe(in DomainSpecification specification, ReadOnlySpan<byte> file, out Link<Domain> domain)
    {
        domain = default;
        ImageError error = KernelDescription.Read(file, out KernelDescription kernel);
        if (error != ImageError.None)
            return BuildErrors.Of(error);
        if (specification.IsInitial && kernel.Notes.TellsSupportedFeatures && !kernel.Notes.Supports(Feature.Dom0))
            return BuildError.NotInitial;
        return Create(specification, file, kernel, out domain);
    }

    private static BuildError Create(
        in DomainSpecification specification, ReadOnlySpan<byte> file, in KernelDescription kernel, out Link<Domain> link)
    {
        link = default;
        ulong pages = specification.Memory >> Mfn.Shift;
        if (!BootLayout.TryCompute(kernel, pages, (ulong)specification.Ramdisk.Length, !specification.IsInitial, out BootLayout layout))
            return BuildError.BadAddresses;
        if (layout.End > pages)
            return BuildError.MemoryTooSmall;
        Span<byte> name = Scratch.Zeroed(stackalloc byte[DomainSpecification.NameRoom]);
        if (DomainFrame.Create(name[..specification.WriteName(name)], specification.IsInitial, out link) != Errno.None)
            return BuildError.TooManyDomains;
        TakeBackLeftGrants(link.Value);
        BuildError reason = Fill(ref link.Value, specification, file, kernel, layout);
        if (reason != BuildError.None)
            Teardown.Abandon(ref link.Value);
        return reason;
    }

    private static void TakeBackLeftGrants(in Domain domain)
    {
        uint id = 0;
        int frame = 0;
        while (domain.HasPredecessor && LeftGrants.TryStep(ref id, ref frame, domain.Id))
            Processors.Breathe();
    }

    private static BuildError Fill(
        ref Domain domain, in DomainSpecification specification, ReadOnlySpan<byte> file, in KernelDescription kernel, in BootLayout layout)
    {
        ulong pages = specification.Memory >> Mfn.Shift;
        domain.Rights.IsInitial = domain.Rights.HasHardware = specification.IsInitial;
        domain.Memory.MaximumPages = specification.MaximumMemory >> Mfn.Shift;
        domain.Origin.Module = specification.IsInitial ? -1 : specification.KernelModule;
        domain.Origin.Copy = specification.Copy;
        domain.Origin.QuickReboots = specification.QuickReboots;
        ShareControl.Set(ref domain, specification.Share);
        if (!VcpuMaker.TryMakeAll(ref domain, specification.Vcpus))
            return BuildError.NoMemoryForVcpus;
        if (!TemporaryMemory.TryTake(pages * 8, out TemporaryMemory list))
            return BuildError.NoMemoryForList;
        Table<ulong> machine = list.Numbers;
        BuildError reason = BuildError.NoMemory;
        if (MemoryGiver.TryGive(ref domain, pages, machine))
            reason = Load(ref domain, specification, file, kernel, layout, machine);
        list.Give();
        return reason;
    }

    private static BuildError Load(
        ref Domain domain, in DomainSpecification specification, ReadOnlySpan<byte> file, in KernelDescription kernel, in BootLayout layout,
        Table<ulong> machine)
    {
        for (int index = 0; index < kernel.Elf.SegmentCount; index++)
        {
            ElfSegment segment = kernel.Elf.Segment(file, index);
            if (segment.IsLoaded)
                MemoryGiver.Copy(machine, kernel.PlaceOf(segment), segment.Data(file));
        }
        MemoryGiver.Copy(machine, layout.Module << Mfn.Shift, specification.Ramdisk);
        MemoryGiver.CopyNumbers(machine, layout.List << Mfn.Shift, machine);
        if (kernel.Notes.HypercallPage is { } page)
            HypercallPage.Fill(DirectMap.Frame(new Mfn(machine[(page - kernel.Notes.VirtualBase) >> Mfn.Shift])));
        if (!TryMapAll(kernel, layout, machine, out Mfn root))
            return BuildError.TablesTooFew;
        Errno error = Adopt(ref domain, root);
        if (error == Errno.None && !specification.IsInitial)
            error = AdoptRings(ref domain, new Mfn(machine[layout.Console]), new Mfn(machine[layout.Store]));
        if (error != Errno.None)
            return BuildError.TablesInvalid;
        StartInfoPage.Fill(ref domain, specification, kernel, layout, machine);
        VcpuMaker.SetEntry(ref domain.Vcpu(0), kernel, layout, root);
        return BuildError.None;
    }

    /// <summary>Takes over the tables as a running guest's: pinned root, root of virtual CPU 0.</summary>
    private static Errno Adopt(ref Domain domain, Mfn root)
    {
        ref VirtualCpu first = ref domain.Vcpu(0);
        Errno error;
        while ((error = AddressSpaces.Take(ref first, root)) == Errno.Restart)
        {
            Processors.Breathe();
            Preemption.Begin();
        }
        if (error != Errno.None)
            return error;
        first.KernelRoot = root.Address;
        AddressSpaces.Take(ref first, root);
        FrameTable.Of(root).Mark(Frame.Pinned);
        return Errno.None;
    }

    /// <summary>Holds the console and xenstore rings as writable for as long as the domain lives.</summary>
    private static Errno AdoptRings(ref Domain domain, Mfn console, Mfn store)
    {
        Errno error = TypedReferences.Take(console, FrameType.Writable, domain.Id, ref domain);
        if (error != Errno.None)
            return error;
        domain.Console.Frame = console;
        error = TypedReferences.Take(store, FrameType.Writable, domain.Id, ref domain);
        if (error != Errno.None)
            return error;
        domain.Store.Frame = store;
        error = EventChannels.AllocateUnbound(ref domain, DomainIds.Xen, hypervisor: true, out domain.Store.Port);
        return error == Errno.None ? EventChannels.AllocateUnbound(ref domain, DomainIds.Xen, hypervisor: true, out domain.Console.Port) : error;
    }

    private static bool TryMapAll(in KernelDescription kernel, in BootLayout layout, Table<ulong> machine, out Mfn root)
    {
        var tables = new BootTables(machine, layout.Tables, layout.TableCount, null);
        root = tables.Root;
        for (ulong frame = 0; frame < layout.MappedEnd; frame++)
        {
            bool isTable = frame >= layout.Tables && frame < layout.Tables + layout.TableCount;
            if (!tables.TryMap(unchecked(layout.VirtualBase + (frame << Mfn.Shift)), frame, !isTable))
                return false;
        }
        if (kernel.Notes.InitialP2m is not { } address)
            return true;
        var listTables = new BootTables(machine, layout.ListTables, layout.ListTableCount, root);
        for (ulong frame = 0; frame < layout.ListFrames; frame++)
        {
            if (!listTables.TryMap(address + (frame << Mfn.Shift), layout.List + frame, true))
                return false;
        }
        return true;
    }
}
