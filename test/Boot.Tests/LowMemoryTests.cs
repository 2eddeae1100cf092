using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Linux' buffers for devices that do not reach all memory (swiotlb, 64 MiB of blocks of 256 KiB below 4 GiB) are exchanged for at the start of the
/// stock kernel as the initial domain. They are had at their full size where nearly all memory lies above 4 GiB and the kernel's own with it, and
/// where another domain has taken, by then, all that was not kept for them.
/// </summary>
public sealed class LowMemoryTests
{
    [Theory]
    [InlineData("6G", "dom0_mem=320M,max:320M", null)]
    [InlineData("1G", "dom0_mem=320M,max:320M", "../guests.elf domain=holder memory=590M -- guest=ticking")]
    public void BuffersForDevicesAreHadAtTheirFullSize(string memory, string options, string? holder)
    {
        using var machine = new RunningMachine($"{nameof(LowMemoryTests)}-{memory}", new MachineSettings
        {
            Memory = memory,
            Options = options,
            Modules = [.. Module.InitialDomain(Module.Kernel, "serai.test=uname,dmesg serai.end=shell"), .. holder is null ? [] : (string[])[holder]],
        }, Patience.Guest);
        if (holder is not null)
            machine.Expect("domain holder starts");
        var guest = new Guest(machine, "");
        guest.ExpectCheck("uname");
        guest.ExpectNoComplaint();
        guest.Expect("SELFTEST DONE (0 failed)");
        Assert.Contains("(64MB)", guest.Ask("dmesg | grep 'software IO TLB: mapped'", "software IO TLB: mapped [mem"));
        machine.Type("poweroff -f\r");
        machine.ExpectOff();
    }
}
