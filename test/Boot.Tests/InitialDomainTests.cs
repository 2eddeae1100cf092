using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Xen's own convention: the first module is the initial domain's kernel, the second its initrd. One processor, 1 GiB, of which the
/// domain gets 320 MiB. When it powers off, so does the machine.
/// </summary>
public sealed class InitialDomainTests
{
    [Fact]
    public void StockKernelRunsAsTheInitialDomain()
    {
        using var machine = new RunningMachine(nameof(InitialDomainTests), new MachineSettings
        {
            Options = "dom0_mem=320M,max:320M",
            Modules = Module.InitialDomain(Module.Kernel, "serai.test=uname,free,threads,forks,memory,clock,dmesg serai.end=shell"),
        }, Patience.Guest);
        var guest = new Guest(machine, "");
        string banner = guest.Expect("zero: Linux ");
        Assert.Contains("initial domain", banner);
        Assert.InRange(Guest.MebibytesIn(banner), 160, 320);
        foreach (string check in new[] { "uname", "free", "threads", "forks", "memory", "clock", "dmesg" })
            guest.ExpectCheck(check);
        guest.ExpectNoComplaint();
        guest.Expect("SELFTEST DONE (0 failed)");
        Assert.Equal("typed: 42", guest.Ask("echo typed: $((6 * 7))", "typed: 42"));
        machine.Type("poweroff -f\r");
        machine.ExpectOff();
    }
}
