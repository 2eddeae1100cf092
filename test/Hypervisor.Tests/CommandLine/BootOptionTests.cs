using System;
using System.Collections.Generic;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serai.Hypervisor.CommandLine;
using Serai.Machine.Processor;
using Xunit;

namespace Serai.Hypervisor.Tests.CommandLine;

public class BootOptionTests
{
    private readonly struct Complaints(List<string> list) : IOptionSink
    {
        public void Unknown(ReadOnlySpan<byte> option) => list.Add("unknown " + Encoding.Latin1.GetString(option));

        public void BadValue(ReadOnlySpan<byte> option) => list.Add("bad " + Encoding.Latin1.GetString(option));
    }

    [Fact]
    public void ALineAsDebianGivesItIsTakenWhole()
    {
        BootOptions options = Parse(
            "placeholder dom0_mem=512M,max:1G dom0_max_vcpus=2 com1=57600,7e2,0x2f8,3 console=com1 loglvl=all "
            + "guest_loglvl=error/info noreboot maxcpus=4 sched=rr", out List<string> complaints);
        Assert.Empty(complaints);
        Assert.Equal(512UL << 20, options.Dom0Memory.Initial.Bytes);
        Assert.Equal(1UL << 30, options.Dom0Memory.Maximum.Bytes);
        Assert.Equal((2u, 2u), (options.Dom0MaxVcpus.Least, options.Dom0MaxVcpus.Most));
        Assert.Equal((57600u, 7, SerialParity.Even, 2), (options.Com1.Baud, options.Com1.DataBits, options.Com1.Parity, options.Com1.StopBits));
        Assert.Equal((0x2f8u, 3u), (options.Com1.IoBase, options.Com1.Irq));
        Assert.Equal(ConsoleDevices.Com1, options.Console);
        Assert.Equal((LogLevel.Debug, LogLevel.Debug), (options.Log.Always, options.Log.Limited));
        Assert.Equal((LogLevel.Error, LogLevel.Info), (options.GuestLog.Always, options.GuestLog.Limited));
        Assert.True(options.NoReboot);
        Assert.Equal(4u, options.MaxCpus);
        Assert.Equal(PolicyName.RoundRobin, options.Scheduler);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("", 8, 8)]
    [InlineData("dom0_max_vcpus=2", 8, 2)]
    [InlineData("dom0_max_vcpus=16", 8, 16)]
    [InlineData("dom0_max_vcpus=2-4", 1, 2)]
    [InlineData("dom0_max_vcpus=2-4", 3, 3)]
    [InlineData("dom0_max_vcpus=2-4", 8, 4)]
    [InlineData("dom0_max_vcpus=4-2", 8, 2)]
    [InlineData("dom0_max_vcpus=-4", 8, 4)]
    [InlineData("dom0_max_vcpus=-4", 1, 1)]
    [InlineData("dom0_max_vcpus=4-", 8, 8)]
    [InlineData("dom0_max_vcpus=4-", 1, 4)]
    [InlineData("dom0_max_vcpus=-", 3, 3)]
    public void TheInitialDomainHasAsManyVcpusAsProcessorsBetweenTwoNumbers(string line, uint processors, uint vcpus)
    {
        BootOptions options = Parse(line, out List<string> complaints);
        Assert.Empty(complaints);
        Assert.Equal(vcpus, options.Dom0MaxVcpus.Resolve(processors));
    }

    [Theory]
    [InlineData("x2apic", true)]
    [InlineData("x2apic=1", true)]
    [InlineData("x2apic x2apic=0", false)]
    public void TheWideModeIsAMatterOfTruth(string line, bool wide)
    {
        Assert.Equal(wide, Parse(line, out List<string> complaints).X2Apic);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("xpti", Defence.On)]
    [InlineData("xpti=true", Defence.On)]
    [InlineData("xpti=off", Defence.Off)]
    [InlineData("xpti=on xpti=default", Defence.AsNeeded)]
    [InlineData("xpti=dom0=0,domu=0", Defence.Off)]
    [InlineData("xpti=off,dom0=1,domu=1", Defence.On)]
    public void TablesAreSplitForAllOrNobody(string line, Defence split)
    {
        Assert.Equal(split, Parse(line, out List<string> complaints).Split);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("xpti=dom0=0")]
    [InlineData("xpti=on,domu=off")]
    [InlineData("xpti=maybe")]
    [InlineData("xpti=dom0=")]
    [InlineData("xpti=on,")]
    public void WhoseTablesAreSplitIsNotToldApart(string line)
    {
        Assert.Equal(Defence.AsNeeded, Parse(line, out List<string> complaints).Split);
        Assert.Equal(["bad " + line], complaints);
    }

    [Fact]
    public void AnEmptyLineGivesTheDefaults()
    {
        BootOptions options = Parse(" \t ", out List<string> complaints);
        Assert.Empty(complaints);
        Assert.Equal(BootOptions.Default, options);
        Assert.Equal((115200u, 8, 1, 0x3f8u), (options.Com1.Baud, options.Com1.DataBits, options.Com1.StopBits, options.Com1.IoBase));
    }

    [Theory]
    [InlineData("iommu=1", "unknown iommu=1")]
    [InlineData("verbose", "unknown verbose")]
    [InlineData("=", "unknown =")]
    [InlineData("noreboott", "unknown noreboott")]
    [InlineData("x2apic=maybe", "bad x2apic=maybe")]
    [InlineData("dom0_mem", "bad dom0_mem")]
    [InlineData("dom0_mem=", "bad dom0_mem=")]
    [InlineData("dom0_mem=512M,", "bad dom0_mem=512M,")]
    [InlineData("dom0_mem=min:", "bad dom0_mem=min:")]
    [InlineData("dom0_mem=0", "bad dom0_mem=0")]
    [InlineData("dom0_mem=lots", "bad dom0_mem=lots")]
    [InlineData("dom0_max_vcpus=0", "bad dom0_max_vcpus=0")]
    [InlineData("dom0_max_vcpus=", "bad dom0_max_vcpus=")]
    [InlineData("dom0_max_vcpus=1-0", "bad dom0_max_vcpus=1-0")]
    [InlineData("dom0_max_vcpus=1-2-3", "bad dom0_max_vcpus=1-2-3")]
    [InlineData("dom0_max_vcpus=4096", "bad dom0_max_vcpus=4096")]
    [InlineData("dom0_vcpus_pin=often", "bad dom0_vcpus_pin=often")]
    [InlineData("maxcpus=4096", "bad maxcpus=4096")]
    [InlineData("com1=", "bad com1=")]
    [InlineData("com1=115201", "bad com1=115201")]
    [InlineData("com1=100000", "bad com1=100000")]
    [InlineData("com1=0", "bad com1=0")]
    [InlineData("com1=115200,8x1", "bad com1=115200,8x1")]
    [InlineData("com1=115200,9n1", "bad com1=115200,9n1")]
    [InlineData("com1=115200,8n1,0x20", "bad com1=115200,8n1,0x20")]
    [InlineData("com1=115200,8n1,0xffff", "bad com1=115200,8n1,0xffff")]
    [InlineData("com1=115200,8n1,0x3f8,16", "bad com1=115200,8n1,0x3f8,16")]
    [InlineData("com1=115200,8n1,0x3f8,4,", "bad com1=115200,8n1,0x3f8,4,")]
    [InlineData("console=", "bad console=")]
    [InlineData("console=vga,none", "bad console=vga,none")]
    [InlineData("console=lpt", "bad console=lpt")]
    [InlineData("loglvl=loud", "bad loglvl=loud")]
    [InlineData("loglvl=info/error", "bad loglvl=info/error")]
    [InlineData("loglvl=info/", "bad loglvl=info/")]
    [InlineData("noreboot=maybe", "bad noreboot=maybe")]
    [InlineData("sched=", "bad sched=")]
    [InlineData("sched_ratelimit_us=99", "bad sched_ratelimit_us=99")]
    [InlineData("sched-ratelimit-us=500001", "bad sched-ratelimit-us=500001")]
    [InlineData("sched=credit2", "bad sched=credit2")]
    public void WhatIsNotUnderstoodIsNamedAndChangesNothing(string option, string complaint)
    {
        BootOptions options = Parse(option, out List<string> complaints);
        Assert.Equal([complaint], complaints);
        Assert.Equal(BootOptions.Default, options);
    }

    [Theory]
    [InlineData("no-reboot", 1)]
    [InlineData("dom0-mem=1G", 0)]
    [InlineData("guest-loglvl=all", 0)]
    public void ADashIsAnUnderscore(string option, int complaints)
    {
        Parse(option, out List<string> list);
        Assert.Equal(complaints, list.Count);
    }

    [Fact]
    public void Com1PartsMayBeEmpty()
    {
        SerialOptions port = Parse("com1=auto,,0x2e8,0", out _).Com1;
        Assert.Equal((0u, 8, 0x2e8u, 0u), (port.Baud, port.DataBits, port.IoBase, port.Irq));
    }

    [Fact]
    public void TheLaterOptionWinsAndABadOneLeavesTheEarlier()
    {
        BootOptions options = Parse("maxcpus=1 maxcpus=2 maxcpus=x noreboot noreboot=off smap=off", out List<string> complaints);
        Assert.Equal(2u, options.MaxCpus);
        Assert.False(options.NoReboot);
        Assert.Equal((false, true), (options.Smap, BootOptions.Default.Smap));
        Assert.Single(complaints);
    }

    [Fact]
    public void TwoDashesEndTheOptions()
    {
        BootOptions options = Parse("maxcpus=1 -- maxcpus=2 root=/dev/sda", out List<string> complaints);
        Assert.Equal(1u, options.MaxCpus);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("dom0_mem=512M", 512)]
    [InlineData("dom0_mem=8G", 2048)]
    [InlineData("dom0_mem=-512M", 1536)]
    [InlineData("dom0_mem=-4G", 0)]
    [InlineData("dom0_mem=max:1G", 1024)]
    [InlineData("dom0_mem=512M,min:1G", 1024)]
    [InlineData("dom0_mem=min:1G,max:512M", 512)]
    [InlineData("dom0_mem=25%", 500)]
    [InlineData("dom0_mem=200M+10%", 400)]
    [InlineData("dom0_mem=-200M+10%", 1600)]
    [InlineData("dom0_mem=-25%", 1500)]
    [InlineData("dom0_mem=100M,min:10%,max:50%", 200)]
    [InlineData("dom0_mem=90%,max:100M+20%", 500)]
    [InlineData("dom0_mem=17592186044415M+99%", 2000)]
    [InlineData("", 1875)]
    public void MemoryIsResolvedAgainstWhatIsFree(string line, ulong mebibytes)
    {
        ulong available = line.Contains('%') || line.Length == 0 ? 2000ul << 20 : 2ul << 30;
        BootOptions options = Parse(line, out List<string> complaints);
        Assert.Empty(complaints);
        ulong bytes = options.Dom0Memory.Resolve(available, 0);
        Assert.Equal(mebibytes << 20, bytes);
        // What is kept for devices is never the domain's, and where nothing is said the others' part is beside it.
        ulong kept = 64 << 20, expected = line.Length == 0 ? bytes - kept : Math.Min(bytes, available - kept);
        Assert.Equal(expected, options.Dom0Memory.Resolve(available, kept));
    }

    [Theory]
    [InlineData("0%")]
    [InlineData("100%")]
    [InlineData("%")]
    [InlineData("5%+1G")]
    [InlineData("1G+")]
    [InlineData("+5%")]
    [InlineData("1G+5")]
    [InlineData("1G+5%%")]
    [InlineData("--5%")]
    [InlineData("1G-5%")]
    [InlineData("1G+5%+5%")]
    public void WhatIsNoAmountIsSaid(string amount)
    {
        foreach (string kind in (string[])["", "min:", "max:"])
        {
            Parse("dom0_mem=" + kind + amount, out List<string> complaints);
            Assert.Equal(["bad dom0_mem=" + kind + amount], complaints);
        }
    }

    [Fact]
    public void NoLineCrashesTheParserOrYieldsValuesOutOfRange() =>
        Prop.ForAll(CommandLineGenerators.AnyLine, line =>
        {
            BootOptions options = Parse(line, out _);
            return options.MaxCpus <= BootOptionParser.CountLimit && options.Dom0MaxVcpus.Resolve(8) is >= 1 and <= BootOptionParser.CountLimit
                && options.Log.Always <= options.Log.Limited && options.GuestLog.Always <= options.GuestLog.Limited
                && options.Com1.DataBits is >= 5 and <= 8 && options.Com1.StopBits is 1 or 2 && options.Com1.Irq < 16
                && options.Dom0Memory.Resolve(1UL << 40, 0) <= 1UL << 40;
        })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void EveryWordIsTakenOrComplainedAboutOnce() =>
        Prop.ForAll(Gen.Elements("a", "maxcpus=3", "maxcpus=", "x=y", "noreboot").ArrayOf().ToArbitrary(), words =>
        {
            Parse(string.Join("  ", words), out List<string> complaints);
            return complaints.Count == Array.FindAll(words, word => word is "a" or "maxcpus=" or "x=y").Length;
        })
        .QuickCheckThrowOnFailure();

    private static BootOptions Parse(string line, out List<string> complaints) => Parse(Encoding.Latin1.GetBytes(line), out complaints);

    private static BootOptions Parse(byte[] line, out List<string> complaints)
    {
        complaints = [];
        var sink = new Complaints(complaints);
        return BootOptionParser.Parse(line, ref sink);
    }
}
