using System;

using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Building;

/// <summary>Why a module's command line starts no domain.</summary>
public enum ModuleOptionError : byte
{
    /// <summary>The line is good.</summary>
    None,
    /// <summary>No <c>domain=</c>, or nothing behind it.</summary>
    NameMissing,
    /// <summary>The name exceeds <see cref="ModuleOptions.GreatestNameLength"/> bytes.</summary>
    NameTooLong,
    /// <summary>The name has a byte that is not a letter, a digit or one of <c>. _ + -</c>, or begins with a dash.</summary>
    NameBadSymbol,
    /// <summary>No <c>memory=</c>.</summary>
    MemoryMissing,
    /// <summary>A size that is no number with a unit B, K, M, G or T, or exceeds 64 bits.</summary>
    MemoryNotSize,
    /// <summary>Less than a page.</summary>
    MemoryZero,
    /// <summary><c>maxmem=</c> below <c>memory=</c>.</summary>
    MaximumBelowMemory,
    /// <summary><c>vcpus=</c> is no number.</summary>
    VcpusNotNumber,
    /// <summary><c>vcpus=0</c>.</summary>
    VcpusZero,
    /// <summary>More than <see cref="ModuleOptions.VcpuLimit"/>.</summary>
    VcpusTooMany,
    /// <summary><c>copies=</c> is no number.</summary>
    CopiesNotNumber,
    /// <summary><c>copies=0</c>, or more than <see cref="ModuleOptions.CopyLimit"/>.</summary>
    CopiesOutOfRange,
    /// <summary><c>weight=</c> is no number from 1 to <see cref="DomainShare.MostWeight"/>.</summary>
    WeightOutOfRange,
    /// <summary><c>warp=</c>, <c>warpl=</c> or <c>warpu=</c> is no number of microseconds up to a second.</summary>
    WarpOutOfRange,
    /// <summary>The same word twice.</summary>
    WordTwice,
    /// <summary>A word that means nothing here; perhaps the <c>--</c> before the kernel's command line is missing.</summary>
    WordUnknown,
}

/// <summary>The errors in words.</summary>
public static class ModuleOptionErrors
{
    /// <summary>One line's worth of reason, in ASCII, without a full stop; the word at fault is in <see cref="ModuleOptions.Fault"/>.</summary>
    public static ReadOnlySpan<byte> Describe(ModuleOptionError error) => error switch
    {
        ModuleOptionError.None => "no error"u8,
        ModuleOptionError.NameMissing => "the domain has no name (domain=NAME)"u8,
        ModuleOptionError.NameTooLong => "the domain's name is over 31 bytes"u8,
        ModuleOptionError.NameBadSymbol => "the domain's name has other symbols than letters, digits and . _ + -"u8,
        ModuleOptionError.MemoryMissing => "the domain's memory is not given (memory=256M)"u8,
        ModuleOptionError.MemoryNotSize => "this is not a size (256M, 1G)"u8,
        ModuleOptionError.MemoryZero => "the domain would have less than a page of memory"u8,
        ModuleOptionError.MaximumBelowMemory => "maxmem= is below memory="u8,
        ModuleOptionError.VcpusNotNumber => "vcpus= is not a number"u8,
        ModuleOptionError.VcpusZero => "a domain needs one virtual processor at least"u8,
        ModuleOptionError.VcpusTooMany => "a domain has 32 virtual processors at most"u8,
        ModuleOptionError.CopiesNotNumber => "copies= is not a number"u8,
        ModuleOptionError.CopiesOutOfRange => "there can be 1 to 2047 copies"u8,
        ModuleOptionError.WeightOutOfRange => "a weight is a number from 1 to 65535"u8,
        ModuleOptionError.WarpOutOfRange => "a warp or its limit is a number of microseconds from 1 to 1000000"u8,
        ModuleOptionError.WordTwice => "this is said twice"u8,
        _ => "unknown word (the kernel's command line comes after --)"u8,
    };
}
