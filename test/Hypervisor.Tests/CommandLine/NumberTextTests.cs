using System;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Serai.Hypervisor.CommandLine;

namespace Serai.Hypervisor.Tests.CommandLine;

public class NumberTextTests
{
    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("1", 1024UL)]
    [InlineData("1b", 1UL)]
    [InlineData("512M", 512UL << 20)]
    [InlineData("0x10M", 16UL << 20)]
    [InlineData("0xb", 11UL << 10)]
    [InlineData("0x1B", 27UL << 10)]
    [InlineData("16777215T", 16777215UL << 40)]
    [InlineData("18014398509481983", 18014398509481983UL << 10)]
    public void ASizeIsReadInBytes(string text, ulong bytes)
    {
        Assert.True(NumberText.TrySize(Encoding.ASCII.GetBytes(text), out ulong size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1M")]
    [InlineData("1.5G")]
    [InlineData("1MB")]
    [InlineData("0x")]
    [InlineData("0xM")]
    [InlineData("M1")]
    [InlineData("1 M")]
    [InlineData("16777216T")]
    [InlineData("18014398509481984")]
    [InlineData("99999999999999999999999")]
    public void WhatIsNoSizeIsRefused(string text) => Assert.False(NumberText.TrySize(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void EveryNumberSurvivesBeingWritten() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), number =>
            NumberText.TryNumber(Encoding.ASCII.GetBytes(number.ToString()), out ulong read) && read == number
            && NumberText.TryNumber(Encoding.ASCII.GetBytes("0x" + number.ToString("X")), out read) && read == number)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void TheEdgesOf64BitsHold()
    {
        Assert.True(NumberText.TryNumber("18446744073709551615"u8, out ulong greatest));
        Assert.Equal(ulong.MaxValue, greatest);
        Assert.False(NumberText.TryNumber("18446744073709551616"u8, out _));
        Assert.True(NumberText.TryNumber("0xffffffffffffffff"u8, out greatest));
        Assert.False(NumberText.TryNumber("0x10000000000000000"u8, out _));
    }

    [Fact]
    public void EverySizeSurvivesBeingWritten() =>
        Prop.ForAll(CommandLineGenerators.Size.ToArbitrary(), size =>
            NumberText.TrySize(Encoding.ASCII.GetBytes(size.Text), out ulong bytes) && bytes == size.Bytes)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void NoiseIsOnlyANumberIfDotnetThinksSo() =>
        Prop.ForAll(CommandLineGenerators.AnyLine, bytes =>
        {
            string text = Encoding.Latin1.GetString(bytes);
            bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2;
            bool isNumber = isHexadecimal
                ? ulong.TryParse(text[2..], System.Globalization.NumberStyles.AllowHexSpecifier, null, out _)
                : ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out _);
            // .NET passes over zero bytes at the end of either.
            bool expected = isNumber && !text.Contains('\0');
            return NumberText.TryNumber(bytes, out _) == expected;
        })
        .QuickCheckThrowOnFailure();
}
