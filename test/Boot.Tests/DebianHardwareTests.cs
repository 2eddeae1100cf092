using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Debian as the initial domain of machines that differ in everything: the kind of disk and of network, the machine type, the firmware, how many
/// processors there are and which, and the memory. Not every combination: of any two of these each value meets most values of the other. On each,
/// 100 MiB come over the network onto the disk, are read back from it and sent back, and the power button is obeyed.
/// </summary>
[Trait("Length", "Long")]
public sealed class DebianHardwareTests
{
    [Theory]
    [InlineData("virtio-blk", "virtio-net-pci", "pc", "BIOS", 1, "1G", "qemu64")]
    [InlineData("virtio-scsi", "e1000e", "q35", "BIOS", 2, "2G", "Nehalem")]
    [InlineData("ahci", "vmxnet3", "q35", "UEFI", 4, "4G", "EPYC,-smap")]
    [InlineData("nvme", "virtio-net-pci", "q35", "BIOS", 2, "8G", "max,-smap")]
    [InlineData("ahci", "e1000e", "pc", "UEFI", 1, "2G", "max,-smap")]
    [InlineData("nvme", "vmxnet3", "pc", "BIOS", 4, "1G", "Nehalem")]
    [InlineData("virtio-blk", "e1000e", "q35", "UEFI", 4, "8G", "qemu64")]
    [InlineData("virtio-scsi", "vmxnet3", "pc", "UEFI", 2, "4G", "EPYC,-smap")]
    public void DebianDrivesTheDiskAndTheNetworkAndObeysThePowerButton(
        string disk, string network, string type, string firmware, int processors, string memory, string cpu)
    {
        using var machine = new DebianMachine($"{nameof(DebianHardwareTests)}-{disk}-{network}", new DebianParts
        {
            Disk = disk,
            Network = network,
            Type = type,
            ByUefi = firmware == "UEFI",
            Processors = processors,
            Memory = memory,
            Cpu = cpu,
            // Where there is much memory Debian has all of it, and its devices reach above 4 GiB.
            Options = memory is "1G" or "2G" ? "dom0_mem=768M,max:768M" : "",
        });
        machine.Start();
        machine.ExpectMessages();
        machine.ExpectNetwork();
        ExpectTransfers(machine.Debian);
        machine.End();
    }

    private static void ExpectTransfers(Debian debian)
    {
        using var file = new HostFile();
        debian.Run($"cat < /dev/tcp/{HostFile.Address}/{file.SendingPort} > received; sync; echo 3 > /proc/sys/vm/drop_caches");
        Assert.StartsWith(file.Sent, debian.Run("sha256sum received"), StringComparison.Ordinal);
        debian.Run($"echo 3 > /proc/sys/vm/drop_caches; cat received > /dev/tcp/{HostFile.Address}/{file.TakingPort}");
        Assert.Equal(file.Sent, file.Taken);
    }
}
