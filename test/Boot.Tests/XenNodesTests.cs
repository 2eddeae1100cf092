using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// What programs in a domain do through the stock kernel's nodes, /dev/xen/privcmd, hypercall, evtchn, gntdev, gntalloc and xenbus_backend,
/// /proc/xen and /sys/hypervisor (ABI 09 §9.10): each request, its errors, and what is refused without a right. tools/userland/xen is the program.
/// </summary>
public sealed partial class XenNodesTests
{
    private const string Initramfs = "initramfs-devices", Options = "dom0_mem=320M,max:320M";

    [GeneratedRegex(@"DEVICES OFFER (\d+) (\d+) (\d+) (\d+)")]
    private static partial Regex Offer();

    /// <summary>Alone, as the initial domain: the same expectations hold on Debian's Xen, which is booted to hold the program to the truth.</summary>
    [Theory]
    [InlineData("serai")]
    [InlineData("xen")]
    public void EachNodeOfTheInitialDomainsWorks(string hypervisor)
    {
        using var machine = new RunningMachine($"{nameof(XenNodesTests)}-{hypervisor}", new MachineSettings
        {
            Image = hypervisor == "xen" ? System.IO.Path.Combine(Workspace.Guests, hypervisor) : Workspace.Image,
            Options = hypervisor == "xen" ? $"{Options} sync_console" : Options,
            Modules = [$"{Module.Kernel} console=hvc0 hostname=zero serai.test=devices", Initramfs],
        }, Patience.Guest);
        new Guest(machine, "").ExpectCheck("devices");
        machine.ExpectOff();
    }

    /// <summary>Two domains: grants, events and a frame that was not granted, from the one to the other; and what the other may not have.</summary>
    [Fact]
    public void TwoDomainsReachEachOtherByRight()
    {
        using var machine = new RunningMachine($"{nameof(XenNodesTests)}-two", new MachineSettings
        {
            Options = Options,
            Modules =
            [
                $"{Module.Kernel} console=hvc0 hostname=zero", Initramfs,
                $"{Module.Kernel} domain=alpha memory=256M ramdisk -- console=hvc0 hostname=alpha serai.test=refused,offer serai.end=stay", Initramfs,
            ],
        }, Patience.Guest);
        Guest zero = new(machine, ""), alpha = new(machine, "alpha");
        alpha.ExpectCheck("refused");
        GroupCollection offer = Offer().Match(alpha.Expect("DEVICES OFFER")).Groups;
        zero.Ask(". /more-checks.sh; load_drivers; xen-devices frames 1", "DEVICES of 'frames' DONE (0 failed)");
        zero.Ask($"xen-devices take 1 {offer[1]} {offer[2]} {offer[3]} {offer[4]}", "DEVICES of 'take' DONE (0 failed)");
        alpha.Expect("DEVICES of 'offer' DONE (0 failed)");
        alpha.ExpectCheck("offer");
        zero.ExpectNoComplaint();
        alpha.ExpectNoComplaint();
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }
}
