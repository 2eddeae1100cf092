using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Three minutes of Debian's own clock it writes at random and reads back what it wrote, checked, on two kinds of disk, while two further domains
/// never rest: three domains, two processors.
/// </summary>
[Trait("Length", "Long")]
public sealed class DebianLoadTests
{
    private const int Seconds = 180;

    [Theory]
    [InlineData("nvme", "q35")]
    [InlineData("virtio-scsi", "pc")]
    public void NothingIsLostWhileOthersCompute(string disk, string type)
    {
        using var machine = new DebianMachine($"{nameof(DebianLoadTests)}-{disk}", new DebianParts
        {
            Disk = disk,
            Type = type,
            Processors = 2,
            Modules = [.. Module.Guest("alpha", Module.Kernel, "256M", ""), .. Module.Guest("beta", Module.CloudKernel, "256M", "")],
        });
        machine.Start();
        foreach (string neighbour in new[] { "alpha", "beta" })
            new Guest(machine.Machine, neighbour).Ask("(while :; do :; done) & echo busy: $((6 * 7))", "busy: 42");
        new Guest(machine.Machine, "").TakeKeyboard();
        string told = machine.Debian.Run("fio --name=work --filename=/root/work --size=128M --rw=randrw --bsrange=4k-64k --direct=1 --ioengine=libaio"
            + $" --iodepth=16 --numjobs=1 --verify=crc32c --verify_backlog=256 --verify_fatal=1 --time_based --runtime={Seconds}; echo status $?");
        Assert.Contains("status 0", told);
        Assert.Contains("err= 0", told);
        foreach (string neighbour in new[] { "alpha", "beta" })
            new Guest(machine.Machine, neighbour).Ask("jobs; echo still: $((6 * 7))", "still: 42");
        new Guest(machine.Machine, "").TakeKeyboard();
        machine.End();
    }
}
