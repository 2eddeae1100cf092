using Serai.Hypervisor.CommandLine;

namespace Serai.Hypervisor.Building;

/// <summary>
/// A module's command line that starts a further domain:
/// <c>[FILE] domain=NAME memory=SIZE [maxmem=SIZE] [vcpus=N] [copies=N] [weight=N] [warp=US [warpl=US] [warpu=US]]
/// [ramdisk] [-- KERNEL COMMAND LINE]</c>.
/// Texts are given by their place in the line.
/// </summary>
public struct ModuleOptions
{
    /// <summary>The longest name of a domain, in bytes.</summary>
    public const int GreatestNameLength = 31;

    /// <summary>Virtual processors of a domain at most: those that fit shared_info (XEN_LEGACY_MAX_VCPUS of arch-x86/xen.h).</summary>
    public const uint VcpuLimit = 32;

    /// <summary>Domains from one module at most: an id each, and 0 is the initial domain's.</summary>
    public const uint CopyLimit = 2047;

    /// <summary>The module's file name as the loader gave it; empty if it gave none.</summary>
    public TextRange File;

    /// <summary>The domain's name, 1 to 31 bytes.</summary>
    public TextRange Name;

    /// <summary>The kernel's command line, without blanks at either end; may be empty.</summary>
    public TextRange CommandLine;

    /// <summary>After an error: the word it lies in; empty if the fault is that a word is missing.</summary>
    public TextRange Fault;

    /// <summary>The memory the domain starts with, in bytes; not necessarily a multiple of the page size.</summary>
    public ulong Memory;

    /// <summary>The memory it may ever have, in bytes; never below <see cref="Memory"/>.</summary>
    public ulong MaximumMemory;

    /// <summary>Virtual processors, 1 to <see cref="VcpuLimit"/>.</summary>
    public uint Vcpus;

    /// <summary>How many domains there are to be, NAME1, NAME2 and so on; 0: one, and its name is the name.</summary>
    public uint Copies;

    /// <summary>Its weight in scheduling, from 1.</summary>
    public uint Weight;

    /// <summary>Its warp value, the limit of a warp and the time without one after that, in microseconds; 0: none.</summary>
    public uint Warp, WarpLimit, UnwarpTime;

    /// <summary>Whether the next module is the domain's initial ramdisk.</summary>
    public bool Ramdisk;
}
