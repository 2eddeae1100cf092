using System;
using System.Collections.Generic;
using Serai.Emulators;

namespace Serai.Boot.Tests.Harness;

/// <summary>What a machine is made of whose initial domain is the Debian of tools/debian.</summary>
public sealed record DebianParts
{
    /// <summary>How its disk is connected: virtio-blk, virtio-scsi, ahci or nvme.</summary>
    public string Disk { get; init; } = "virtio-blk";

    /// <summary>QEMU's model of its network.</summary>
    public string Network { get; init; } = "virtio-net-pci";

    /// <summary>QEMU's machine type.</summary>
    public string Type { get; init; } = "q35";

    /// <summary>Whether it starts by UEFI, and GRUB on a disc, instead of QEMU's own loader.</summary>
    public bool ByUefi { get; init; }

    /// <summary>Processors; Debian has as many.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Memory with QEMU's unit.</summary>
    public string Memory { get; init; } = "2G";

    /// <summary>QEMU's processor model.</summary>
    public string Cpu { get; init; } = "max,-smap";

    /// <summary>Whether a restart is one and no end.</summary>
    public bool Restarts { get; init; }

    /// <summary>The image, when it is not the hypervisor's own: Debian's Xen.</summary>
    public string Image { get; init; } = Workspace.Image;

    /// <summary>More words for the hypervisor.</summary>
    public string Options { get; init; } = "dom0_mem=768M,max:768M";

    /// <summary>More words for Debian's kernel.</summary>
    public string Words { get; init; } = "";

    /// <summary>More of QEMU's devices.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Further domains.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>The parts as QEMU is to be told, before what loads them.</summary>
    /// <param name="monitor">QEMU's own console.</param>
    public MachineSettings Settings(Monitor monitor) => new()
    {
        Image = Image,
        Type = Type,
        Processors = Processors,
        Memory = Memory,
        Cpu = Cpu,
        Restarts = Restarts,
        Options = Options,
        Devices = [.. DiskDevices(), "-nic", $"user,model={Network}", .. Devices, .. monitor.Devices],
        Modules = [$"{Debian.Kernel} root=LABEL=debian ro console=hvc0 {Words}".TrimEnd(), Debian.Initrd, .. Modules],
    };

    /// <summary>The drivers through which Debian then sees its disk, as it calls them, from the disk to the bus.</summary>
    public string DiskDrivers => Disk switch
    {
        "virtio-blk" => "virtio_blk virtio-pci",
        "virtio-scsi" => "sd virtio_scsi virtio-pci",
        "ahci" => "sd ahci",
        _ => "nvme",
    };

    /// <summary>The driver of its network, as Debian calls it.</summary>
    public string NetworkDriver => Network == "virtio-net-pci" ? "virtio_net" : Network;

    private string[] DiskDevices() =>
    [
        "-drive", $"file={Debian.Disk},format=raw,if=none,id=disk,snapshot=on", .. Disk switch
        {
            "virtio-blk" => ["-device", "virtio-blk-pci,drive=disk"],
            "virtio-scsi" => ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=disk"],
            "ahci" => ["-device", "ich9-ahci,id=ahci", "-device", "ide-hd,drive=disk,bus=ahci.0"],
            "nvme" => (string[])["-device", "nvme,drive=disk,serial=serai"],
            _ => throw new ArgumentOutOfRangeException(Disk),
        },
    ];
}
