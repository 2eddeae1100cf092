using System.Text;
using Xunit;
using Serai.Hypervisor.CommandLine;

namespace Serai.Hypervisor.Tests.CommandLine;

public class LoaderLineTests
{
    [Theory]
    [InlineData("qemu", "out/serai noreboot x", "noreboot x")]
    [InlineData("qemu", "  out/serai  ", "")]
    [InlineData("qemu", "", "")]
    [InlineData("GNU GRUB 0.97", "/boot/serai noreboot", "noreboot")]
    [InlineData("GRUB 2.06-13+deb12u1", "placeholder noreboot ", "placeholder noreboot")]
    [InlineData("GRUB 1.98", "noreboot", "noreboot")]
    [InlineData("GRUB ", "serai noreboot", "noreboot")]
    [InlineData("", "serai noreboot", "noreboot")]
    public void TheImageIsSkippedWhereTheLoaderNamesIt(string loader, string line, string arguments) =>
        Assert.Equal(arguments, Encoding.ASCII.GetString(LoaderLine.Arguments(Encoding.ASCII.GetBytes(line), Encoding.ASCII.GetBytes(loader))));

    [Theory]
    [InlineData("vmlinuz console=hvc0", 8)]
    [InlineData("vmlinuz console=hvc0  ", 8)]
    [InlineData("  vmlinuz  console=hvc0 ", 11)]
    public void BlanksAtTheEndDoNotMoveTheArguments(string line, int start) =>
        Assert.Equal((start, 12), (RangeOf(line).Start, RangeOf(line).Length));

    private static TextRange RangeOf(string line) => LoaderLine.ArgumentRange(Encoding.ASCII.GetBytes(line), "qemu"u8);

    [Theory]
    [InlineData("a b -- c  d ", "c  d")]
    [InlineData("a b --", "")]
    [InlineData("a --b c", "")]
    [InlineData("-- -- x", "-- x")]
    [InlineData("", "")]
    public void WhatFollowsTwoDashesIsTheKernels(string line, string rest) =>
        Assert.Equal(rest, Encoding.ASCII.GetString(LoaderLine.AfterDashes(Encoding.ASCII.GetBytes(line))));
}
