using System;
using System.IO;

namespace Serai.Boot.Tests.Harness;

/// <summary>The modules that a boot loader hands to the hypervisor, each a file and its arguments.</summary>
public static class Module
{
    /// <summary>The kernels in out/guests: the full one and the small one of Debian.</summary>
    public const string Kernel = "vmlinuz", CloudKernel = "vmlinuz-cloud";

    /// <summary>Our initramfs with Debian's busybox.</summary>
    public const string Initramfs = "initramfs";

    /// <summary>A Debian guest in a further domain: a kernel and the initramfs.</summary>
    /// <param name="name">The domain's name, also the guest's host name.</param>
    /// <param name="kernel">The kernel's file.</param>
    /// <param name="memory">The domain's memory as on the command line (256M).</param>
    /// <param name="words">More words for the kernel's command line: serai.test=, serai.end= and the like.</param>
    public static string[] Guest(string name, string kernel, string memory, string words) =>
        [$"{kernel} domain={name} memory={memory} ramdisk -- console=hvc0 hostname={name} {words}", Initramfs];

    /// <summary>A Debian guest as the initial domain, by Xen's convention.</summary>
    public static string[] InitialDomain(string kernel, string words) => [$"{kernel} console=hvc0 hostname=zero {words}", Initramfs];

    /// <summary>What a kernel in out/guests calls itself (6.1.0-56-amd64): the link's target, in Debian's package, is vmlinuz-RELEASE.</summary>
    public static string ReleaseOf(string kernel)
    {
        string target = File.ResolveLinkTarget(Path.Combine(Workspace.Guests, kernel), returnFinalTarget: true)!.Name;
        return target[(target.IndexOf('-', StringComparison.Ordinal) + 1)..];
    }
}
