using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Serai.Abi.Tests;

/// <summary>The comparison finds what is wrong: types made wrong on purpose, against a struct of the C library and the Xen headers.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void ARightStructHasNoDifference() => Assert.Empty(Differences<Request>());

    [Fact]
    public void AWrongOffsetIsFound() =>
        Assert.Contains("SwappedRequest.Pointer is at offset 8, in C at 0", Differences<SwappedRequest>());

    [Fact]
    public void AWrongWidthIsFound() => Assert.Contains("NarrowRequest.Value has 4 bytes, in C 8", Differences<NarrowRequest>());

    [Fact]
    public void AWrongSizeIsFound() => Assert.Contains("LongRequest has 24 bytes, in C 16", Differences<LongRequest>());

    [Fact]
    public void AFieldOutsideTheMapIsFound() => Assert.Contains("LongRequest.Extra is not in the map", Differences<LongRequest>());

    [Fact]
    public void AWrongValueIsFound()
    {
        LayoutMap map = LayoutMap.Parse("wrong", ["include xen/xen.h", "enum Wrong = VIRQ_*", "  Timer = TIMER", "  Debug = DEBUG"]);
        Assert.Equal(["Wrong.Debug is 2, in C 1"], LayoutComparison.Differences(typeof(Wrong), map.Types[0], HeaderProgram.Ask(map)));
    }

    [Fact]
    public void AnUnknownCNamePointsAtTheMap()
    {
        LayoutMap map = LayoutMap.Parse("wrong", ["include xen/xen.h", "enum Wrong = VIRQ_*", "  Timer = NO_SUCH_NAME"]);
        var failure = Assert.Throws<InvalidOperationException>(() => HeaderProgram.Ask(map));
        Assert.Contains("Maps/wrong:3", failure.Message);
    }

    [Fact]
    public void MissingHeadersNameThePackage()
    {
        LayoutMap map = LayoutMap.Parse("wrong", ["include xen/no-such-header.h"]);
        var failure = Assert.Throws<InvalidOperationException>(() => HeaderProgram.Ask(map));
        Assert.Contains("libxen-dev", failure.Message);
    }

    [Fact]
    public void ArraysReachTheirLastElementAndNoFurther()
    {
        var words = default(EventWords);
        words[EventWords.Length - 1] = 7;
        Assert.Equal(7ul, words.AsReadOnlySpan()[^1]);
        Assert.Equal(EventWords.Length, words.AsSpan().Length);
        Assert.Throws<IndexOutOfRangeException>(() => default(EventWords)[EventWords.Length]);
    }

    private static string[] Differences<T>()
    {
        string name = typeof(T).Name;
        LayoutMap map = LayoutMap.Parse("request",
            ["include xen/xen.h", $"struct {name} = struct mmu_update", "  Pointer = ptr", "  Value = val"]);
        return [.. LayoutComparison.Differences(typeof(T), map.Types[0], HeaderProgram.Ask(map))];
    }

#pragma warning disable CS0649 // Only their layout is looked at.
    private struct Request
    {
        public ulong Pointer;
        public ulong Value;
    }

    private struct SwappedRequest
    {
        public ulong Value;
        public ulong Pointer;
    }

    private struct NarrowRequest
    {
        public ulong Pointer;
        public uint Value;
    }

    private struct LongRequest
    {
        public ulong Pointer;
        public ulong Value;
        public byte Extra;
    }
#pragma warning restore CS0649

    private enum Wrong
    {
        Timer = 0,
        Debug = 2,
    }
}
