using System;
using System.IO;
using Serai.Boot.Tests.Harness;
using Serai.Emulators;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>By BIOS; a class of its own, so that both run side by side.</summary>
public sealed class PackageByBiosTests
{
    [Fact]
    public void PackageComesAndGoes() => PackageStory.ComeAndGo("bios", null, PackageStory.SpoilTheImage);
}

/// <summary>By UEFI.</summary>
public sealed class PackageByUefiTests
{
    [Fact]
    public void PackageComesAndGoes() => PackageStory.ComeAndGo("uefi", Path.Combine(Workspace.Guests, "OVMF.fd"), PackageStory.Remove);
}

/// <summary>
/// Debian's package of Serai on a Debian 12 that starts from its own disk by its own GRUB: installed, Debian is the initial domain after the next
/// restart and after one more; removed, it is plain Debian, and so it is where GRUB cannot load the image. One processor, 1 GiB.
/// </summary>
internal static class PackageStory
{
    public static void Remove(Debian debian) => debian.Expect("dpkg -r serai && echo is $((1 + 1)) out", "is 2 out");

    /// <summary>GRUB's entries stay, and nobody is at the menu.</summary>
    public static void SpoilTheImage(Debian debian) => debian.Expect("> /boot/serai && echo is $((1 + 1)) empty", "is 2 empty");

    public static void ComeAndGo(string name, string? firmware, Action<Debian> end)
    {
        string package = Path.Combine(Workspace.Root, "out", "serai.deb");
        using var machine = new RunningMachine($"{nameof(PackageStory)}-{name}", new MachineSettings
        {
            Disk = Debian.Disk,
            Restarts = true,
            Firmware = firmware,
            Devices = QemuCommand.Disk(package),
        }, 4 * Patience.Debian);
        var debian = new Debian(machine);
        ExpectPlain(debian);
        debian.Run($"head -c {new FileInfo(File.ResolveLinkTarget(package, true)!.FullName).Length} /dev/vdb > serai.deb");
        debian.Expect("dpkg -i serai.deb && echo is $((1 + 1)) in", "is 2 in");
        debian.Leave("reboot");
        ExpectInitialDomain(debian);
        debian.Leave("shutdown -r now");
        ExpectInitialDomain(debian);
        end(debian);
        debian.Leave("reboot");
        ExpectPlain(debian);
        debian.Leave("poweroff");
        machine.ExpectOff();
    }

    private static void ExpectPlain(Debian debian)
    {
        debian.Login();
        debian.ExpectHealth();
        debian.Expect("ls /sys/hypervisor | wc -l", "0");
        debian.Expect("tty", "/dev/ttyS0");
    }

    private static void ExpectInitialDomain(Debian debian)
    {
        debian.Login();
        debian.ExpectHealth();
        debian.Expect("tty", "/dev/hvc0");
        debian.Expect("dmesg | grep Hypervisor", "Hypervisor detected: Xen PV");
        debian.Run("mkdir -p /proc/xen; mount -t xenfs xenfs /proc/xen");
        debian.Expect("cat /proc/xen/capabilities", "control_d");
        debian.Expect("findmnt --noheadings --output SOURCE /", "/dev/vda3");
    }
}
