using System;

using Serai.Hypervisor.Control;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>
/// What a domain is to be, in numbers of boot modules and places in the kernel module's line. (A structure that held the spans themselves would be
/// zeroed through vector registers, which are the guests'.)
/// </summary>
public struct DomainSpecification
{
    /// <summary>The boot modules of kernel and initrd; -1: none.</summary>
    public int KernelModule, RamdiskModule;

    /// <summary>Places in the kernel module's line; the initial domain has a name of its own.</summary>
    public TextRange NameRange, CommandLineRange;

    /// <summary>Bytes of memory to begin with, and at most.</summary>
    public ulong Memory, MaximumMemory;
    public uint Vcpus;
    public bool IsInitial;

    /// <summary>The kernel module's line.</summary>
    public readonly ReadOnlySpan<byte> Line => BootInformation.Line(BootInformation.Module(KernelModule));

    /// <summary>The domain's name.</summary>
    public readonly ReadOnlySpan<byte> Name => IsInitial ? "Domain-0"u8 : NameRange.Of(Line);

    /// <summary>The kernel's command line.</summary>
    public readonly ReadOnlySpan<byte> CommandLine => CommandLineRange.Of(Line);

    /// <summary>The kernel's file.</summary>
    public readonly ReadOnlySpan<byte> Kernel => FileOf(KernelModule);

    /// <summary>The initrd, or nothing.</summary>
    public readonly ReadOnlySpan<byte> Ramdisk => RamdiskModule < 0 ? default : FileOf(RamdiskModule);

    private static ReadOnlySpan<byte> FileOf(int number)
    {
        ref readonly BootModule module = ref BootInformation.Module(number);
        return module.Length is 0 or > int.MaxValue ? default : DirectMap.Bytes(module.Address, module.Length);
    }
}
