using System;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>
/// What a domain is to be, in numbers of boot modules and places in the kernel module's command line. (A structure that held the spans themselves
/// would be zeroed through vector registers, which are the guests'.)
/// </summary>
public struct DomainSpecification
{
    /// <summary>The boot modules of kernel and initrd; -1: none.</summary>
    public int KernelModule, RamdiskModule;

    /// <summary>Places in the kernel module's command line; the initial domain has a name of its own.</summary>
    public TextRange NameRange, CommandLineRange;

    /// <summary>Bytes of memory to begin with, and at most.</summary>
    public ulong Memory, MaximumMemory;
    public uint Vcpus;

    /// <summary>Its share of the processors.</summary>
    public ShareParameters Share;

    /// <summary>Which copy this is, from 1: its number ends its name and its command line. 0: there are no copies.</summary>
    public uint Copy;
    public bool IsInitial;

    /// <summary>How often it has rebooted soon after its start, without a longer life in between.</summary>
    public uint QuickReboots;

    /// <summary>The kernel module's command line.</summary>
    public readonly ReadOnlySpan<byte> Line => BootInformation.Line(BootInformation.Module(KernelModule));

    /// <summary>Bytes that hold any name.</summary>
    public const int NameRoom = ModuleOptions.GreatestNameLength + 1;

    /// <summary>Writes the domain's name to the beginning of a text of <see cref="NameRoom"/> bytes; returns its length.</summary>
    public readonly int WriteName(Span<byte> text)
    {
        ReadOnlySpan<byte> name = IsInitial ? "Domain-0"u8 : NameRange.Of(Line);
        name.CopyTo(text);
        return name.Length + (Copy == 0 ? 0 : NumberText.WriteNumber(text[name.Length..], Copy));
    }

    /// <summary>The kernel's command line.</summary>
    public readonly ReadOnlySpan<byte> CommandLine => CommandLineRange.Of(Line);

    /// <summary>What follows <c>--</c> on the hypervisor's own command line: more words for the initial domain's kernel.</summary>
    public readonly ReadOnlySpan<byte> MoreWords
        => IsInitial ? LoaderLine.AfterDashes(LoaderLine.Arguments(BootInformation.CommandLine, BootInformation.LoaderName)) : default;

    /// <summary>The kernel's file.</summary>
    public readonly ReadOnlySpan<byte> Kernel => FileOf(KernelModule);

    /// <summary>The initrd, or nothing.</summary>
    public readonly ReadOnlySpan<byte> Ramdisk => RamdiskModule < 0 ? default : FileOf(RamdiskModule);

    private static ReadOnlySpan<byte> FileOf(int number)
    {
        ref readonly BootModule module = ref BootInformation.Module(number);
        return module.Length is 0 or > int.MaxValue ? default : DirectMap.Bytes(new(module.Address), module.Length);
    }
}
