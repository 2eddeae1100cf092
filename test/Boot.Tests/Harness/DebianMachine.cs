using System;
using System.IO;
using Serai.Emulators;
using Xunit;

namespace Serai.Boot.Tests.Harness;

/// <summary>A machine whose initial domain is the Debian of tools/debian, from its start to the end that its power button makes.</summary>
public sealed class DebianMachine : IDisposable
{
    /// <summary>
    /// What the kernel says where an interrupt was lost, or nobody wanted one, or something waits for what does not come; written so that the command
    /// that looks for it is not taken for it.
    /// </summary>
    private const string Faults = "[l]ost interrupt|[h]ung task|[b]locked for more than|[n]obody cared|[c]ompletion polled|[N]ETDEV WATCHDOG"
        + "|[U]nit Hang|[f]ailed command|[B]UG:|[W]ARNING: CPU|[O]ops|[C]all Trace|[s]oft lockup|[s]elf-detected stall";

    private readonly DebianParts _parts;
    private readonly string? _disc;

    /// <summary>Starts the machine.</summary>
    /// <param name="test">Names the transcript.</param>
    /// <param name="parts">What it is made of.</param>
    public DebianMachine(string test, DebianParts parts)
    {
        _parts = parts;
        Monitor = new Monitor(test);
        MachineSettings settings = parts.Settings(Monitor);
        if (parts.ByUefi)
        {
            _disc = Path.ChangeExtension(Workspace.LogOf(test), ".iso");
            GrubDisc.Make(_disc, settings);
            settings = settings with { Disc = _disc, Modules = [], Firmware = Path.Combine(Workspace.Guests, "OVMF.fd") };
        }
        Machine = new RunningMachine(test, settings, 4 * Patience.Debian);
        Debian = new Debian(Machine);
    }

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <summary>Its initial domain.</summary>
    public Debian Debian { get; }

    /// <summary>QEMU's own console.</summary>
    public Monitor Monitor { get; }

    /// <summary>Waits for the login and for all that Debian starts; its disk and its network are those of the machine.</summary>
    public void Start()
    {
        Debian.Login();
        Debian.ExpectHealth();
        Debian.Expect("cat /sys/hypervisor/type", "xen");
        Debian.Expect("nproc", $"{_parts.Processors}");
        Assert.Equal(_parts.DiskDrivers, DiskDrivers());
        Debian.Expect("basename $(readlink -f /sys/class/net/e*/device/driver)", _parts.NetworkDriver);
    }

    /// <summary>Debian has met none of the faults of interrupts and goes off by the power button; the hypervisor has not complained.</summary>
    public void End()
    {
        ExpectNoFault();
        new Guest(Machine, "").ExpectNoComplaint();
        Monitor.Ask("system_powerdown");
        Machine.ExpectOff();
    }

    /// <summary>The kernel has told none of the faults that lost interrupts make.</summary>
    public void ExpectNoFault() => Assert.Equal("", Debian.Run($"dmesg | grep -E '{Faults}'"));

    /// <summary>The network answers, once it has its address.</summary>
    public void ExpectNetwork()
    {
        Debian.Run("/lib/systemd/systemd-networkd-wait-online --timeout=1800");
        Debian.Expect("ping -c 3 10.0.2.2", " 0% packet loss");
    }

    /// <summary>Devices tell by messages, where they can.</summary>
    public void ExpectMessages() => Debian.Expect("grep -e -msi /proc/interrupts", "xen-pirq");

    /// <inheritdoc/>
    public void Dispose()
    {
        Machine.Dispose();
        Monitor.Dispose();
        if (_disc is not null)
            File.Delete(_disc);
    }

    // From the device of the root's disk upwards, each with its driver, as far as the bus. A namespace of NVMe lies below no controller, since it may
    // have several.
    private string DiskDrivers() => Debian.Run(
        "p=$(readlink -f $(ls -d /sys/class/nvme/nvme0 2> /dev/null || echo /sys/class/block/$(lsblk -ndo PKNAME $(findmnt -no SOURCE /))));"
        + " while [ $p != /sys ]; do [ ! -e $p/driver ] || basename $(readlink $p/driver); p=$(dirname $p); done | grep -v -e pcieport -e shpchp")
        .Replace('\n', ' ').Trim();
}
