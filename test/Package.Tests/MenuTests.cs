using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Serai.Package.Tests;

/// <summary>Which entries there are, where they stand, and what is told of it.</summary>
public sealed class MenuTests : IDisposable
{
    private readonly MadeUpSystem system = new();

    public void Dispose() => system.Dispose();

    [Fact]
    public void EntriesStandFirstUnlessToldOtherwise()
    {
        Assert.Equal(["serai", "serai-advanced", $"serai-{MadeUpSystem.Version}"], Ids(system.Menu()));
        Assert.Empty(Ids(system.Menu("21_serai")));
        system.Set("SERAI_FIRST=no");
        Assert.Empty(Ids(system.Menu()));
        Assert.Equal(["serai", "serai-advanced", $"serai-{MadeUpSystem.Version}"], Ids(system.Menu("21_serai")));
    }

    [Fact]
    public void WhoSwitchesOffTheFirstScriptSwitchesOffBoth()
    {
        system.Set("SERAI_FIRST=no");
        File.SetUnixFileMode(system.PathOf("scripts/09_serai"), UnixFileMode.UserRead);
        Assert.Empty(Ids(system.Menu("21_serai")));
    }

    [Fact]
    public void WithoutTheImageThereIsNothing()
    {
        File.Delete(system.PathOf("boot/serai"));
        Outcome menu = system.Menu();
        Assert.Equal("", string.Concat(menu.Lines) + menu.Messages);
    }

    [Fact]
    public void OneEntryForEachKernelThatCanBeAnInitialDomain()
    {
        system.AddKernel("6.1.0-58-amd64");
        system.AddKernel("6.1.0-59-cloud-amd64", canBeInitialDomain: false);
        Assert.Equal(["serai", "serai-advanced", "serai-6.1.0-58-amd64", $"serai-{MadeUpSystem.Version}"], Ids(system.Menu()));
    }

    [Fact]
    public void WhereNoKernelCanBeOneThatIsTold()
    {
        system.AddKernel(MadeUpSystem.Version, canBeInitialDomain: false);
        ExpectNone("No kernel in ");
    }

    /// <summary>A mistake costs the entries for Serai, told once, and not the menu.</summary>
    [Fact]
    public void AMistakeInTheSettingsIsToldOnce()
    {
        system.Set("SERAI_LINUX_OPTIONS=\"a");
        ExpectNone("has a mistake");
        Assert.Equal("", system.Menu("21_serai").Messages);
    }

    [Fact]
    public void SettingsMayEndWithATestThatIsNotTrue()
    {
        system.Set("[ -e /no-such ] && SERAI_OPTIONS=noreboot");
        Assert.NotEmpty(Ids(system.Menu()));
    }

    [Theory]
    [InlineData("dom0_mem=4G; com1=9600,8n1")]
    [InlineData("{}")]
    [InlineData("a>b")]
    [InlineData("a|b")]
    [InlineData("a&b")]
    [InlineData("#a")]
    [InlineData("\\$a")]
    [InlineData("'a")]
    [InlineData("\\\"a")]
    [InlineData("a\\\\")]
    public void WhatGrubsScriptWouldReadOtherwiseIsRefused(string options)
    {
        system.Set($"SERAI_OPTIONS=\"{options}\"");
        ExpectNone("SERAI_OPTIONS in ");
    }

    [Fact]
    public void OptionsMayBeOnSeveralLines()
    {
        system.Set("SERAI_OPTIONS='dom0_mem=4G\n\tnoreboot -- panic=5'\nSERAI_LINUX_OPTIONS='a\nb'");
        Outcome menu = system.Menu();
        Assert.Equal("/boot/serai console=vga dom0_mem=4G  noreboot -- panic=5; then", MadeUpSystem.Said(menu, "if multiboot2")[0]);
        Assert.EndsWith(" quiet a b", MadeUpSystem.Said(menu, "module2")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void UnderSecureBootThereAreNoEntries(byte value, bool none)
    {
        system.Write("efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", $"\u0006\0\0\0{(char)value}");
        if (none)
            ExpectNone("Secure Boot is on");
        else
            Assert.NotEmpty(Ids(system.Menu()));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData("gnulinux-simple-1111-2222", false)]
    [InlineData("2", true)]
    [InlineData("1>2", true)]
    public void ADefaultThatCountsIsWarnedOf(string choice, bool warned)
    {
        system.Variables["GRUB_ACTUAL_DEFAULT"] = choice;
        Assert.Equal(warned, system.Menu().Messages.Contains($"GRUB_DEFAULT={choice} counts ", StringComparison.Ordinal));
        system.Set("SERAI_FIRST=no");
        Assert.DoesNotContain("counts", system.Menu("21_serai").Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "", "console=vga", "")]
    [InlineData("console=ttyS0,115200n8", "", "", "console=com1,vga com1=115200,8n1", "console=hvc0")]
    [InlineData("console=tty0 console=ttyS0", "", "", "console=com1,vga com1=9600,8n1", "console=tty0 console=hvc0")]
    [InlineData("console=ttyS0,57600 console=ttyS0,38400", "", "", "console=com1,vga com1=38400,8n1", "console=hvc0 console=hvc0")]
    [InlineData("\"console=ttyS0,19200\"", "", "", "console=com1,vga com1=19200,8n1", "\"console=hvc0\"")]
    [InlineData("console=ttyS1,115200n8", "", "", "console=vga", "console=ttyS1,115200n8")]
    [InlineData("netconsole=ttyS0", "", "", "console=vga", "netconsole=ttyS0")]
    [InlineData("", "serial", "serial --unit=0 --speed=115200", "console=com1,vga com1=115200,8n1", "")]
    [InlineData("", "console serial", "", "console=com1,vga com1=9600,8n1", "")]
    [InlineData("", "serial", "serial --unit=1 --speed=115200", "console=vga", "")]
    [InlineData("", "serial", "serial --port=0x2f8", "console=vga", "")]
    [InlineData("console=ttyS0", "serial", "serial --speed=38400", "console=com1,vga com1=38400,8n1", "console=hvc0")]
    [InlineData("", "gfxterm", "serial --speed=38400", "console=vga", "")]
    public void TheSerialPortIsTakenWhereTheSystemSpeaksByIt(string words, string terminal, string command, string options, string linux)
    {
        system.Words = words;
        system.Variables["GRUB_TERMINAL_OUTPUT"] = terminal;
        system.Variables["GRUB_SERIAL_COMMAND"] = command;
        Outcome menu = system.Menu();
        Assert.Equal($"/boot/serai {options} ; then", MadeUpSystem.Said(menu, "if multiboot2")[0]);
        Assert.EndsWith($" ro {linux} quiet", MadeUpSystem.Said(menu, "module2")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void OnesOwnOptionsComeBehindAndSoPrevail()
    {
        system.Set("SERAI_OPTIONS='console=none'");
        Assert.Equal("/boot/serai console=vga console=none; then", MadeUpSystem.Said(system.Menu(), "if multiboot2")[0]);
    }

    [Theory]
    [InlineData("console=vga", "console=ttyS0")]
    [InlineData("console=com1 noreboot", "console=hvc0")]
    public void APortThatTheHypervisorIsNotToTakeIsLinuxs(string options, string linux)
    {
        system.Words = "console=ttyS0";
        system.Set($"SERAI_OPTIONS='{options}'");
        Assert.EndsWith($" ro {linux} quiet", MadeUpSystem.Said(system.Menu(), "module2")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotPassedOnIsTold()
    {
        Assert.Equal("", system.Menu().Messages.Replace($"Found Serai for Linux: {system.PathOf("boot")}/vmlinuz-{MadeUpSystem.Version}\n", "",
            StringComparison.Ordinal));
        system.Write("boot/microcode.cpio", "");
        system.Variables["GRUB_EARLY_INITRD_LINUX_STOCK"] = "microcode.cpio";
        system.Words = new string('a', 1000);
        string messages = system.Menu().Messages;
        Assert.Contains("starts without /boot/microcode.cpio", messages, StringComparison.Ordinal);
        Assert.Contains("1023 bytes", messages, StringComparison.Ordinal);
    }

    /// <summary>GRUB's menu stays what it was where a program fails that says how the root is called.</summary>
    [Fact]
    public void AProgramThatFailsIsNotPassedOver()
    {
        system.Variables["GRUB_FS"] = "btrfs";
        system.AddProgram("grub-mkrelpath", "[ \"$1\" != / ] && echo /boot");
        Assert.NotEqual(0, system.Run("09_serai").Status);
    }

    private void ExpectNone(string reason)
    {
        Outcome menu = system.Menu();
        Assert.Empty(Ids(menu));
        Assert.Contains(reason, menu.Messages, StringComparison.Ordinal);
        Assert.Contains("no entries for Serai", menu.Messages, StringComparison.Ordinal);
    }

    private static string[] Ids(Outcome menu) =>
        [.. from line in menu.Lines where line.Contains("$menuentry_id_option", StringComparison.Ordinal) select line.Split('\'')[^2]];
}
