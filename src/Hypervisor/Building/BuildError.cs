using System;

using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Building;

/// <summary>Why a domain cannot be built; from <see cref="FromImage"/> on, the error of its kernel's image.</summary>
public enum BuildError : uint
{
    /// <summary>It is built.</summary>
    None,

    /// <summary>The module is empty or missing.</summary>
    NoKernel,

    /// <summary>There is no memory in one piece to unpack the kernel in.</summary>
    NoMemoryToUnpack,

    /// <summary>The kernel cannot be an initial domain.</summary>
    NotInitial,

    /// <summary>There is not that much memory.</summary>
    NoMemory,

    /// <summary>The kernel asks for addresses that it cannot have.</summary>
    BadAddresses,

    /// <summary>The memory is too small for kernel and ramdisk.</summary>
    MemoryTooSmall,

    /// <summary>There is a domain of that name.</summary>
    NameTaken,

    /// <summary>There is no room for another domain.</summary>
    TooManyDomains,

    /// <summary>There is no memory for its virtual processors.</summary>
    NoMemoryForVcpus,

    /// <summary>There is no memory in one piece for its list of frames.</summary>
    NoMemoryForList,

    /// <summary>Its first page tables do not hold its memory.</summary>
    TablesTooFew,

    /// <summary>Its first page tables do not validate.</summary>
    TablesInvalid,

    /// <summary>Added to an ImageError.</summary>
    FromImage = 0x100,
}

/// <summary>The words of <see cref="BuildError"/>.</summary>
public static class BuildErrors
{
    /// <summary>An image's error as a builder's.</summary>
    public static BuildError Of(ImageError error) => (BuildError)((uint)error + (uint)BuildError.FromImage);

    /// <summary>The reason as the console gives it.</summary>
    public static ReadOnlySpan<byte> Text(this BuildError error) => error switch
    {
        BuildError.NoKernel => "the module is empty or missing"u8,
        BuildError.NoMemoryToUnpack => "there is no memory in one piece to unpack the kernel in"u8,
        BuildError.NotInitial => "the kernel cannot be an initial domain"u8,
        BuildError.NoMemory => "there is not that much memory"u8,
        BuildError.BadAddresses => "the kernel asks for addresses that it cannot have"u8,
        BuildError.MemoryTooSmall => "the memory is too small for kernel and ramdisk"u8,
        BuildError.NameTaken => "there is a domain of that name"u8,
        BuildError.TooManyDomains => "there is no room for another domain"u8,
        BuildError.NoMemoryForVcpus => "there is no memory for its virtual processors"u8,
        BuildError.NoMemoryForList => "there is no memory in one piece for its list of frames"u8,
        BuildError.TablesTooFew => "its first page tables do not hold its memory"u8,
        BuildError.TablesInvalid => "its first page tables do not validate"u8,
        BuildError.None => "no error"u8,
        _ => ((ImageError)((uint)error - (uint)BuildError.FromImage)).Text(),
    };
}
