using System;

using Serai.Hypervisor.Images;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>A module's kernel, unpacked for as long as domains are built of it: unpacking takes seconds, building from it a millisecond.</summary>
public struct UnpackedKernel
{
    private KernelImage image;
    private TemporaryMemory memory;

    /// <summary>Unpacks the kernel of a domain that is to be; to be closed where there is no error.</summary>
    public static BuildError Open(in DomainSpecification specification, out UnpackedKernel kernel)
    {
        kernel = default;
        if (specification.Kernel.Length == 0)
            return BuildError.NoKernel;
        ImageError error = KernelImage.Open(specification.Kernel, out kernel.image);
        if (error != ImageError.None)
            return BuildErrors.Of(error);
        if (!TemporaryMemory.TryTake((ulong)kernel.image.DestinationSize + KernelImage.WorkspaceSize, out kernel.memory))
            return BuildError.NoMemoryToUnpack;
        // The long part, and it touches nothing but its own memory: guests may run meanwhile.
        LockWait.Leave(ref State.Processors[CurrentProcessor.Number].Value);
        Coroutine.Allow();
        error = kernel.image.Decompress(specification.Kernel, kernel.memory.Bytes[KernelImage.WorkspaceSize..], kernel.memory.Bytes);
        Coroutine.Forbid();
        if (error == ImageError.None)
            return BuildError.None;
        kernel.Close();
        return BuildErrors.Of(error);
    }

    /// <summary>The kernel's ELF file.</summary>
    public readonly ReadOnlySpan<byte> File(in DomainSpecification specification)
        => image.File(specification.Kernel, memory.Bytes[KernelImage.WorkspaceSize..]);

    /// <summary>Gives its memory back.</summary>
    public readonly void Close() => memory.Give();
}
