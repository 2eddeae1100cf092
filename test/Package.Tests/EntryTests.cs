using System;
using Xunit;

namespace Serai.Package.Tests;

/// <summary>What an entry starts, beside the entry that GRUB's own script writes for the same system.</summary>
public sealed class EntryTests : IDisposable
{
    private readonly MadeUpSystem system = new();

    public void Dispose() => system.Dispose();

    [Fact]
    public void SeraiIsLoadedWithTheKernelAndItsInitrd()
    {
        Outcome menu = system.Menu();
        string root = "root=UUID=1111-2222 ro  quiet";
        Assert.Equal(["/boot/serai console=vga ; then", "/boot/serai console=vga ; then"], MadeUpSystem.Said(menu, "if multiboot2"));
        Assert.Equal($"/boot/vmlinuz-{MadeUpSystem.Version} {root}", MadeUpSystem.Said(menu, "module2")[0]);
        Assert.Equal($"--nounzip /boot/initrd.img-{MadeUpSystem.Version}", MadeUpSystem.Said(menu, "module2")[1]);
    }

    /// <summary>An image that GRUB cannot load leads to the same kernel without it, as Debian's own entry starts it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("GRUB_DISABLE_LINUX_UUID=true")]
    [InlineData("GRUB_DISABLE_LINUX_UUID=true GRUB_DISABLE_LINUX_PARTUUID=false")]
    [InlineData("GRUB_DISABLE_LINUX_PARTUUID=false")]
    [InlineData("GRUB_DEVICE_UUID= GRUB_DISABLE_LINUX_PARTUUID=false")]
    [InlineData("GRUB_DEVICE_UUID=")]
    [InlineData("GRUB_DEVICE_UUID= GRUB_DEVICE_PARTUUID=")]
    [InlineData("GRUB_DEVICE_UUID=9999 GRUB_DEVICE_PARTUUID=9999")]
    [InlineData("GRUB_DEVICE_UUID=9999")]
    [InlineData("ABSTRACTION=lvm")]
    [InlineData("ABSTRACTION=lvm GRUB_DEVICE=/dev/no-such")]
    [InlineData("GRUB_FS=btrfs")]
    [InlineData("GRUB_FS=btrfs VOLUME=/@root")]
    [InlineData("GRUB_EARLY_INITRD_LINUX_STOCK=early.cpio GRUB_EARLY_INITRD_LINUX_CUSTOM=no-such.cpio")]
    public void WithoutSeraiTheEntryIsDebians(string settings)
    {
        system.Write("boot/early.cpio", "");
        Set(settings);
        ExpectDebiansEntries();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GRUB_DISABLE_LINUX_PARTUUID=false")]
    [InlineData("GRUB_DEVICE_PARTUUID= GRUB_DISABLE_LINUX_PARTUUID=false")]
    public void AKernelWithoutInitrdKnowsNoUuidOfAFileSystem(string settings)
    {
        System.IO.File.Delete(system.PathOf($"boot/initrd.img-{MadeUpSystem.Version}"));
        Set(settings);
        ExpectDebiansEntries();
    }

    [Theory]
    [InlineData("""dyndbg="file * +p" foo="a  b" """)]
    [InlineData("console=tty0 console=ttyS0,115200n8 panic=5")]
    [InlineData("a=[bc]? ${nothing}")]
    public void WordsStayAsTheyAreWritten(string words)
    {
        system.Words = words;
        ExpectDebiansEntries();
    }

    [Fact]
    public void KernelsComeInGrubsOrder()
    {
        foreach (string version in (string[])["6.12-rc7-amd64", "6.12-amd64", "6.9.7-amd64", "6.1.0-100-amd64", "6.1.0-9-amd64"])
            system.AddKernel(version);
        ExpectDebiansEntries();
    }

    [Fact]
    public void WhatDpkgHasNotFinishedIsNoKernel()
    {
        system.AddKernel($"{MadeUpSystem.Version}.dpkg-new");
        ExpectDebiansEntries();
    }

    [Fact]
    public void AChoiceThatIsToBeSavedIs()
    {
        system.Variables["GRUB_SAVEDEFAULT"] = "true";
        Assert.Equal(2, Array.FindAll(system.Menu().Lines, line => line.Trim() == "savedefault").Length);
    }

    [Fact]
    public void ATitleMayHaveQuotes()
    {
        system.Variables["GRUB_DISTRIBUTOR"] = "Ann's";
        Assert.Contains(@"menuentry 'Ann'\''s GNU/Linux, on Serai' ", string.Join('\n', system.Menu().Lines), StringComparison.Ordinal);
    }

    private void ExpectDebiansEntries()
    {
        Outcome debians = system.Menu("10_linux"), ours = system.Menu();
        string[] lines = MadeUpSystem.Said(debians, "linux");
        Assert.NotEmpty(lines);
        Assert.Equal(lines, MadeUpSystem.Said(ours, "linux"));
        Assert.Equal(MadeUpSystem.Said(debians, "initrd"), MadeUpSystem.Said(ours, "initrd"));
    }

    private void Set(string settings)
    {
        foreach (string setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            system.Variables[setting.Split('=')[0]] = setting.Split('=', 2)[1];
    }
}
