using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// A guest that is not Linux: Debian's GRUB for Xen (grub-xen-host), one processor, 1 GiB, 64 MiB for the domain. It takes its page
/// from the HYPERCALL_PAGE note, unlike the kernels. It unpacks its own memory disk, reads the script there, looks for a boot menu on disks,
/// finds none, as without a xenstore there are no disks, and ends at its own prompt, which answers.
/// </summary>
public sealed class GrubTests
{
    [Fact]
    public void GrubForXenStartsAndPrintsOnItsConsole()
    {
        var settings = new MachineSettings { Modules = ["grub-xen domain=grub memory=64M"] };
        using var machine = new RunningMachine(nameof(GrubTests), settings, Patience.Guest);
        var grub = new Guest(machine, "grub");
        grub.Expect("Welcome to GRUB!");
        grub.Expect("GNU GRUB");
        machine.ExpectUnfinished("grub> ");
        machine.Type("ls\r");
        grub.Expect("(memdisk)");
    }
}
