using System.Net.Sockets;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// What is done every day with a Debian, on two processors as the initial domain: packages come and go, services restart, a processor is taken away
/// and given back, the machine restarts and goes off.
/// </summary>
[Trait("Length", "Long")]
public sealed class DebianDailyTests
{
    [Fact]
    public void PackagesServicesProcessorsRestartAndEndWork()
    {
        using var machine = new DebianMachine(nameof(DebianDailyTests), new DebianParts { Processors = 2, Restarts = true });
        machine.Start();
        Debian debian = machine.Debian;
        ExpectPackages(debian);
        if (ArchiveAnswers())
            ExpectArchive(machine);
        ExpectServices(debian);
        ExpectProcessors(debian);
        machine.ExpectNoFault();
        debian.Leave("shutdown -r now");
        machine.Start();
        debian.Expect("cat /usr/share/trifle", "from a package");
        ExpectProcessors(debian);
        machine.ExpectNoFault();
        debian.Leave("poweroff");
        machine.Machine.ExpectOff();
    }

    // An archive of one package that is made there, so that no network is needed; apt reads it as a user of its own, whom /root is closed to.
    private static void ExpectPackages(Debian debian)
    {
        debian.Run("mkdir -p /srv/archive trifle/DEBIAN trifle/usr/share; echo from a package > trifle/usr/share/trifle");
        debian.Run("printf '%s\\n' 'Package: trifle' 'Version: 1' 'Architecture: all' 'Maintainer: none' 'Description: none'"
            + " > trifle/DEBIAN/control");
        debian.Expect("dpkg-deb --build trifle /srv/archive/trifle.deb", "building package");
        debian.Run("cd /srv/archive; { dpkg-deb --field trifle.deb; echo Filename: ./trifle.deb; echo Size: $(stat -c %s trifle.deb);"
            + " echo SHA256: $(sha256sum trifle.deb | cut -d ' ' -f 1); } > Packages; cd");
        debian.Run("mv /etc/apt/sources.list archives; echo \"deb [trusted=yes] file:/srv/archive ./\" > /etc/apt/sources.list");
        debian.Expect("apt-get -q update && echo lists $((6 * 7))", "lists 42");
        debian.Expect("apt-get -q -y install trifle && echo in $((6 * 7))", "in 42");
        debian.Expect("cat /usr/share/trifle", "from a package");
        debian.Expect("apt-get -q -y remove trifle && ls /usr/share/trifle", "No such file");
        debian.Expect("apt-get -q -y install trifle && echo in $((6 * 7))", "in 42");
        debian.Run("mv archives /etc/apt/sources.list");
    }

    // From Debian's own archive, through the machine's network, where this host reaches it.
    private static void ExpectArchive(DebianMachine machine)
    {
        machine.ExpectNetwork();
        machine.Debian.Expect("apt-get -q update && echo lists $((6 * 7))", "lists 42");
        machine.Debian.Expect("apt-get -q -y install hello && hello", "Hello, world!");
    }

    private static bool ArchiveAnswers()
    {
        try
        {
            using var archive = new TcpClient("deb.debian.org", 80);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void ExpectServices(Debian debian)
    {
        debian.Expect("systemctl restart systemd-networkd && systemctl is-active systemd-networkd", "active");
        debian.Expect("systemctl is-active systemd-networkd dbus", "active\nactive");
        debian.Expect("systemctl start nothing.service", "not found");
    }

    private static void ExpectProcessors(Debian debian)
    {
        const string second = "/sys/devices/system/cpu/cpu1/online";
        for (int round = 0; round < 3; round++)
        {
            debian.Expect($"echo 0 > {second}; nproc", "1");
            debian.Expect("taskset -c 1 true || echo gone $((6 * 7))", "gone 42");
            debian.Expect($"echo 1 > {second}; nproc", "2");
            debian.Expect("taskset -c 1 sh -c 'i=0; while [ $i -lt 10000 ]; do i=$((i + 1)); done; echo counted $i'", "counted 10000");
        }
    }
}
