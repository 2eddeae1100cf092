using Serai.Boot.Tests.Harness;
using Serai.Emulators;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// What <c>./run dom0</c> shows: a Debian 12 with systemd on a virtio disk is the initial domain, with its own kernel and initrd, beside two
/// module domains. One processor, 2 GiB.
/// </summary>
public sealed class DebianTests
{
    [Fact]
    public void DebianOnADiskIsTheInitialDomainAndObeysThePowerButton()
    {
        using var monitor = new Monitor("debian");
        using var machine = new RunningMachine(nameof(DebianTests), new MachineSettings
        {
            Memory = "2G",
            Options = "dom0_mem=768M,max:768M",
            Devices = [.. QemuCommand.Disk(Debian.Disk), "-nic", "user,model=virtio-net-pci", .. monitor.Devices],
            Modules =
            [
                $"{Debian.Kernel} root=LABEL=debian ro console=hvc0", Debian.Initrd,
                .. Module.Guest("alpha", Module.Kernel, "256M", ""), .. Module.Guest("beta", Module.CloudKernel, "256M", ""),
            ],
        }, Patience.Debian);
        var debian = new Debian(machine);
        debian.Login();
        debian.ExpectHealth();
        debian.Expect("tty", "/dev/hvc0");
        debian.Expect("findmnt --noheadings --output SOURCE /", "/dev/vda3");
        debian.Expect("cat /sys/hypervisor/type", "xen");
        debian.Expect("ping -c 1 10.0.2.2", " 0% packet loss");
        new Guest(machine, "alpha").Ask("echo typed: $((6 * 7))", "typed: 42");
        new Guest(machine, "").TakeKeyboard();
        new Guest(machine, "").ExpectNoComplaint();
        monitor.Ask("system_powerdown");
        machine.ExpectOff();
    }
}
