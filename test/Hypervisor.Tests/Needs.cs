using Serai.Equipment;
using Serai.Hypervisor.Tests.Dumps;
using Serai.Hypervisor.Tests.Emulation;
using Serai.Hypervisor.Tests.Images;
using Serai.Hypervisor.Tests.Machine;
using Xunit;

[assembly: TestFramework("Serai.Equipment.EquippedFramework", "Serai.Equipment")]

[assembly: Needs("clang", "Debian's package clang", Only = [typeof(TableScanTests), typeof(SymbolTableTests), typeof(PageTableWriteTests)])]
[assembly: Needs("ld.lld", "Debian's package lld", Only = [typeof(SymbolTableTests)])]
[assembly: Needs("llvm-mc", "Debian's package llvm", Only =
[
    typeof(PageTableWriteTests), typeof(EffectiveAddressTests), typeof(InstructionDecoderTests), typeof(DecoderPropertyTests),
])]
[assembly: Needs("gzip", "Debian's package gzip", Only =
    [typeof(GzipTests), typeof(HostileImageTests), typeof(KernelImageTests), typeof(DebianFileTests)])]
[assembly: Needs("xz", "Debian's package xz-utils", Only =
    [typeof(XzTests), typeof(HostileImageTests), typeof(KernelImageTests), typeof(DebianFileTests)])]
[assembly: Needs("zstd", "Debian's package zstd", Only =
    [typeof(ZstdTests), typeof(HostileImageTests), typeof(KernelImageTests), typeof(DebianFileTests)])]
[assembly: Needs("lz4", "Debian's package lz4", Only =
    [typeof(Lz4Tests), typeof(HostileImageTests), typeof(KernelImageTests), typeof(DebianFileTests)])]
[assembly: Needs("llvm-readelf", "Debian's package llvm", Only = [typeof(DebianFileTests)])]
[assembly: Needs("gcc", "Debian's packages gcc libc6-dev", Only = [typeof(DebianFileTests)])]
[assembly: Needs("/usr/include/xen/features.h", "Debian's package libxen-dev", Only = [typeof(DebianFileTests)])]
[assembly: Needs("out/guests/vmlinuz", "./run check", Only = [typeof(DebianFileTests)])]
[assembly: Needs("out/guests/vmlinuz-cloud", "./run check", Only = [typeof(DebianFileTests)])]
[assembly: Needs("out/guests/grub-xen", "./run check", Only = [typeof(DebianFileTests)])]
