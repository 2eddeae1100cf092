using System;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Tests.CommandLine;

namespace Serai.Hypervisor.Tests.Building;

public class ModuleOptionTests
{
    [Theory]
    [InlineData("domain=a memory=1M", true)]
    [InlineData("vmlinuz domain=a", true)]
    [InlineData("/boot/a=b/vmlinuz domain=a", true)]
    [InlineData("domain=", true)]
    [InlineData("vmlinuz root=/dev/xvda domain=a", false)]
    [InlineData("vmlinuz console=hvc0", false)]
    [InlineData("vmlinuz", false)]
    [InlineData("vmlinuz mydomain=a", false)]
    [InlineData("", false)]
    public void ADomainIsToldByItsFirstOrSecondWord(string line, bool domain) =>
        Assert.Equal(domain, ModuleOptionParser.IsDomainModule(Encoding.ASCII.GetBytes(line)));

    [Fact]
    public void AFullLineIsRead()
    {
        ReadOnlySpan<byte> line = "vmlinuz domain=alpha memory=256M maxmem=1G vcpus=2 copies=12 ramdisk -- console=hvc0  root=/dev/ram -- x \0"u8;
        Assert.Equal(ModuleOptionError.None, ModuleOptionParser.Parse(line, out ModuleOptions options));
        Assert.Equal("vmlinuz"u8, options.File.Of(line));
        Assert.Equal("alpha"u8, options.Name.Of(line));
        Assert.Equal("console=hvc0  root=/dev/ram -- x"u8, options.CommandLine.Of(line));
        Assert.Equal(12u, options.Copies);
        Assert.Equal((256UL << 20, 1UL << 30, 2u, true), (options.Memory, options.MaximumMemory, options.Vcpus, options.Ramdisk));
    }

    [Fact]
    public void AShareOfTheProcessorsIsRead()
    {
        ReadOnlySpan<byte> line = "domain=a memory=1M warp=20000 weight=65535 warpu=1000000 warpl=5000"u8;
        Assert.Equal(ModuleOptionError.None, ModuleOptionParser.Parse(line, out ModuleOptions options));
        Assert.Equal((65535u, 20_000u, 5_000u, 1_000_000u), (options.Weight, options.Warp, options.WarpLimit, options.UnwarpTime));
        Assert.Equal(ModuleOptionError.None, ModuleOptionParser.Parse("domain=a memory=1M"u8, out options));
        Assert.Equal((256u, 0u, 0u, 0u), (options.Weight, options.Warp, options.WarpLimit, options.UnwarpTime));
    }

    [Fact]
    public void TheLeastLineIsRead()
    {
        Assert.Equal(ModuleOptionError.None, ModuleOptionParser.Parse("domain=a memory=4096b"u8, out ModuleOptions options));
        Assert.True(options.File.Length == 0 && options.CommandLine.Length == 0);
        Assert.Equal((4096UL, 4096UL, 1u, false), (options.Memory, options.MaximumMemory, options.Vcpus, options.Ramdisk));
    }

    [Theory]
    [InlineData("domain= memory=1M", ModuleOptionError.NameMissing, "domain=")]
    [InlineData("memory=1M", ModuleOptionError.NameMissing, "")]
    [InlineData("", ModuleOptionError.NameMissing, "")]
    [InlineData("domain=abcdefghijklmnopqrstuvwxyz012345 memory=1M", ModuleOptionError.NameTooLong, "domain=abcdefghijklmnopqrstuvwxyz012345")]
    [InlineData("domain=a/b memory=1M", ModuleOptionError.NameBadSymbol, "domain=a/b")]
    [InlineData("domain=-a memory=1M", ModuleOptionError.NameBadSymbol, "domain=-a")]
    [InlineData("domain=a\u00e4 memory=1M", ModuleOptionError.NameBadSymbol, "domain=a\u00e4")]
    [InlineData("domain=a", ModuleOptionError.MemoryMissing, "")]
    [InlineData("domain=a -- memory=1M", ModuleOptionError.MemoryMissing, "")]
    [InlineData("domain=a memory=", ModuleOptionError.MemoryNotSize, "memory=")]
    [InlineData("domain=a memory=much", ModuleOptionError.MemoryNotSize, "memory=much")]
    [InlineData("domain=a memory=99999999T", ModuleOptionError.MemoryNotSize, "memory=99999999T")]
    [InlineData("domain=a memory=0", ModuleOptionError.MemoryZero, "memory=0")]
    [InlineData("domain=a memory=4095b", ModuleOptionError.MemoryZero, "memory=4095b")]
    [InlineData("domain=a memory=2M maxmem=1M", ModuleOptionError.MaximumBelowMemory, "")]
    [InlineData("domain=a memory=2M vcpus=", ModuleOptionError.VcpusNotNumber, "vcpus=")]
    [InlineData("domain=a memory=2M vcpus=0", ModuleOptionError.VcpusZero, "vcpus=0")]
    [InlineData("domain=a memory=2M vcpus=33", ModuleOptionError.VcpusTooMany, "vcpus=33")]
    [InlineData("domain=a memory=2M vcpus=4294967297", ModuleOptionError.VcpusTooMany, "vcpus=4294967297")]
    [InlineData("domain=a memory=2M copies=", ModuleOptionError.CopiesNotNumber, "copies=")]
    [InlineData("domain=a memory=2M copies=0", ModuleOptionError.CopiesOutOfRange, "copies=0")]
    [InlineData("domain=a memory=2M copies=2048", ModuleOptionError.CopiesOutOfRange, "copies=2048")]
    [InlineData("domain=a memory=2M copies=2 copies=2", ModuleOptionError.WordTwice, "copies=2")]
    [InlineData("domain=abcdefghijklmnopqrstuvwxyz0123 memory=1M copies=10", ModuleOptionError.NameTooLong, "")]
    [InlineData("domain=a memory=2M weight=0", ModuleOptionError.WeightOutOfRange, "weight=0")]
    [InlineData("domain=a memory=2M weight=65536", ModuleOptionError.WeightOutOfRange, "weight=65536")]
    [InlineData("domain=a memory=2M weight=2 weight=2", ModuleOptionError.WordTwice, "weight=2")]
    [InlineData("domain=a memory=2M warp=", ModuleOptionError.WarpOutOfRange, "warp=")]
    [InlineData("domain=a memory=2M warpl=1000001", ModuleOptionError.WarpOutOfRange, "warpl=1000001")]
    [InlineData("domain=a memory=2M warpu=1s", ModuleOptionError.WarpOutOfRange, "warpu=1s")]
    [InlineData("domain=a memory=2M console=hvc0", ModuleOptionError.WordUnknown, "console=hvc0")]
    [InlineData("domain=a memory=2M ramdisk=1", ModuleOptionError.WordUnknown, "ramdisk=1")]
    [InlineData("domain=a memory=2M quiet", ModuleOptionError.WordUnknown, "quiet")]
    [InlineData("f domain=a g memory=2M", ModuleOptionError.WordUnknown, "g")]
    [InlineData("domain=a memory=2M memory=2M", ModuleOptionError.WordTwice, "memory=2M")]
    [InlineData("domain=a domain=b memory=2M", ModuleOptionError.WordTwice, "domain=b")]
    [InlineData("domain=a memory=2M ramdisk ramdisk", ModuleOptionError.WordTwice, "ramdisk")]
    public void ABadLineNamesItsFault(string line, ModuleOptionError error, string fault)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(line);
        Assert.Equal(error, ModuleOptionParser.Parse(bytes, out ModuleOptions options));
        Assert.Equal(fault, Encoding.Latin1.GetString(options.Fault.Of(bytes)));
    }

    [Fact]
    public void EveryErrorHasItsOwnWords()
    {
        ModuleOptionError[] errors = Enum.GetValues<ModuleOptionError>();
        var texts = Array.ConvertAll(errors, error => Encoding.ASCII.GetString(ModuleOptionErrors.Describe(error)));
        Assert.Equal(errors.Length, new System.Collections.Generic.HashSet<string>(texts).Count);
        Assert.Contains(ModuleOptions.GreatestNameLength.ToString(), texts[(int)ModuleOptionError.NameTooLong]);
        Assert.Contains(ModuleOptions.VcpuLimit.ToString(), texts[(int)ModuleOptionError.VcpusTooMany]);
    }

    [Fact]
    public void NoLineCrashesTheParserAndAGoodOneKeepsItsPromises() =>
        Prop.ForAll(CommandLineGenerators.AnyLine, line =>
        {
            if (ModuleOptionParser.Parse(line, out ModuleOptions options) != ModuleOptionError.None)
                return true;
            return options.Name.Length is > 0 and <= ModuleOptions.GreatestNameLength && options.Memory >= 4096
                && options.MaximumMemory >= options.Memory && options.Vcpus is > 0 and <= ModuleOptions.VcpuLimit && options.Fault.Length == 0;
        })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void EveryGoodLineSurvivesBeingWritten()
    {
        var lines =
            from file in Gen.Elements("", "vmlinuz ", "/boot/a=b  ")
            from name in CommandLineGenerators.DomainName
            from size in CommandLineGenerators.Size
            from vcpus in Gen.Choose(1, (int)ModuleOptions.VcpuLimit)
            from ramdisk in Gen.Elements("", " ramdisk")
            from kernel in Gen.Elements("", "quiet", "console=hvc0 -- root=x  y")
            select (file, name, size, vcpus, ramdisk, kernel);
        Prop.ForAll(lines.ToArbitrary(), it =>
        {
            byte[] line = Encoding.ASCII.GetBytes($"{it.file}domain={it.name} vcpus={it.vcpus}{it.ramdisk} memory={it.size.Text} -- {it.kernel} ");
            return ModuleOptionParser.IsDomainModule(line)
                && ModuleOptionParser.Parse(line, out ModuleOptions read) == ModuleOptionError.None
                && Encoding.ASCII.GetString(read.File.Of(line)) == it.file.Trim() && Encoding.ASCII.GetString(read.Name.Of(line)) == it.name
                && read.Memory == it.size.Bytes && read.Vcpus == it.vcpus && read.Ramdisk == (it.ramdisk.Length != 0)
                && Encoding.ASCII.GetString(read.CommandLine.Of(line)) == it.kernel;
        })
        .QuickCheckThrowOnFailure();
    }
}
