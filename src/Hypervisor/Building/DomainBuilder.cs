using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Images;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>
/// Makes a domain from a kernel image (ABI 01): unpacks and describes it, finds out where all is to lie, and has it made step by step
/// (<see cref="Construction"/>). Whatever cannot be done says so in words.
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
        BuildError reason = Prepare(specification, kernel, out Construction construction);
        if (reason == BuildError.None)
            reason = construction.DoAll();
        domain = reason == BuildError.None ? construction.Made : default;
        return reason;
    }

    /// <summary>Finds out what is to be made, and that nothing speaks against it yet.</summary>
    public static BuildError Prepare(in DomainSpecification specification, in UnpackedKernel kernel, out Construction construction)
    {
        construction = new Construction { Specification = specification, Image = kernel };
        BuildError reason = Check(specification);
        if (reason != BuildError.None)
            return reason;
        ImageError error = KernelDescription.Read(kernel.File(specification), out construction.Kernel);
        if (error != ImageError.None)
            return BuildErrors.Of(error);
        ref readonly KernelNotes notes = ref construction.Kernel.Notes;
        if (specification.IsInitial && notes.TellsSupportedFeatures && !notes.Supports(Feature.Dom0))
            return BuildError.NotInitial;
        ulong pages = specification.Memory >> Mfn.Shift, ramdisk = (ulong)specification.Ramdisk.Length;
        if (!BootLayout.TryCompute(construction.Kernel, pages, ramdisk, !specification.IsInitial, out construction.Layout))
            return BuildError.BadAddresses;
        return construction.Layout.End > pages ? BuildError.MemoryTooSmall : BuildError.None;
    }

    private static BuildError Check(in DomainSpecification specification)
    {
        Span<byte> name = Scratch.Zeroed(stackalloc byte[DomainSpecification.NameRoom]);
        if (DomainTable.TryFind(name[..specification.WriteName(name)], out _))
            return BuildError.NameTaken;
        ulong pages = specification.Memory >> Mfn.Shift;
        return pages >= 1ul << 32 || pages > FrameAllocator.FreeForAll ? BuildError.NoMemory : BuildError.None;
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
}
