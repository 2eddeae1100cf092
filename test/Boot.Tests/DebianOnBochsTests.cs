using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Debian as the initial domain on the processor as Bochs has it, a second opinion. Of what Debian drives, Bochs has a disk on IDE, a clock and a
/// serial port; there is no network. One processor, 1 GiB.
/// </summary>
[Trait("Length", "Long")]
public sealed class DebianOnBochsTests
{
    [Fact]
    public void DebianComesToItsLogin()
    {
        using BochsMachine machine = Bochs.Start(nameof(DebianOnBochsTests), new MachineSettings
        {
            Cpu = "corei7_skylake_x",
            // A machine of fewer instructions a second would reach systemd's limits of time before it is up.
            InstructionsPerSecond = 400_000_000,
            Options = "dom0_mem=768M,max:768M",
            Modules = [$"{Debian.Kernel} root=LABEL=debian ro console=hvc0", Debian.Initrd],
            DiskBeside = Debian.Disk,
        });
        var debian = new Debian(machine);
        debian.Login();
        debian.ExpectHealth();
        debian.Expect("cat /sys/hypervisor/type", "xen");
        debian.Expect("findmnt --noheadings --output SOURCE /", "/dev/sda3");
        debian.Expect("grep ata_piix /proc/interrupts", "xen-pirq");
        machine.Type("poweroff\r");
        machine.Expect("reboot: Power down");
    }
}
