using Serai.Boot.Tests;
using Serai.Equipment;
using Xunit;

[assembly: TestFramework("Serai.Equipment.EquippedFramework", "Serai.Equipment")]

[assembly: Needs("qemu-system-x86_64", "Debian's package qemu-system-x86")]
[assembly: Needs("out/serai", "./run build")]
[assembly: Needs("out/guests.elf", "dotnet build test/Guests -c Release")]
[assembly: Needs("out/guests/vmlinuz", "./run iso")]
[assembly: Needs("out/guests/vmlinuz-cloud", "./run iso")]
[assembly: Needs("out/guests/initramfs", "./run iso")]

[assembly: Needs("out/serai-checked", "./run build --checked", Only = [typeof(CheckedImageTests), typeof(CrookedGuestTests)])]
[assembly: Needs("out/serai.iso", "./run iso", Only = [typeof(IsoTests)])]
[assembly: Needs("out/guests/OVMF.fd", "./run test", Only =
    [typeof(IsoTests), typeof(PackageByUefiTests), typeof(DebianHardwareTests), typeof(DebianConsoleTests)])]
[assembly: Needs("out/guests/debian", "./run dom0", Only =
[
    typeof(DebianTests), typeof(PackageByBiosTests), typeof(PackageByUefiTests), typeof(DebianHardwareTests), typeof(DebianConsoleTests),
    typeof(DebianDailyTests), typeof(DebianLoadTests), typeof(DebianMessagesTests), typeof(DebianOnBochsTests),
])]
[assembly: Needs("out/serai.deb", "./run deb", Only = [typeof(PackageByBiosTests), typeof(PackageByUefiTests)])]
[assembly: Needs("out/guests/grub-xen", "./run check", Only = [typeof(GrubTests)])]
[assembly: Needs("out/guests/xen", "./run test", Only = [typeof(CallComparisonTests), typeof(XenNodesTests), typeof(DebianMessagesTests)])]
[assembly: Needs("out/guests/initramfs-devices", "./run test", Only = [typeof(XenNodesTests)])]
[assembly: Needs("out/calls.elf", "dotnet build test/Calls -c Release", Only = [typeof(CallComparisonTests)])]
[assembly: Needs("out/bench-pair.elf", "dotnet build bench/Pair -c Release", Only = [typeof(CrowdTests)])]
[assembly: Needs("out/example-ticker.elf", "dotnet build examples/Ticker -c Release", Only = [typeof(CrowdTests)])]
[assembly: Needs("out/example-store.elf", "dotnet build examples/Store -c Release", Only = [typeof(ExampleTests)])]
[assembly: Needs("out/example-pipeline.elf", "dotnet build examples/Pipeline -c Release", Only = [typeof(ExampleTests)])]
[assembly: Needs("llvm-nm", "Debian's package llvm", Only = [typeof(NonMaskableTests)])]
[assembly: Needs("bochs", "Debian's packages bochs bochs-term bochsbios vgabios", Only = [typeof(BochsTests), typeof(DebianOnBochsTests)])]
[assembly: Needs("grub-mkrescue", "Debian's packages grub-common grub-pc-bin grub-efi-amd64-bin mtools xorriso", Only =
    [typeof(BochsTests), typeof(DebianOnBochsTests), typeof(DebianHardwareTests), typeof(DebianConsoleTests)])]
