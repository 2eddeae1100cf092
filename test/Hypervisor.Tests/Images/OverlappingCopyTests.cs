using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The copy that decoders repeat earlier output with, against one that goes byte by byte.</summary>
public sealed class OverlappingCopyTests
{
    [Fact]
    public void EveryDistanceAndLengthRepeatsWhatSingleBytesWouldAndTouchesNothingElse()
    {
        const int before = 50, longest = 210, behind = 16;
        byte[] start = new byte[before + longest + behind];
        new Random(7).NextBytes(start);
        for (int distance = 1; distance <= before; distance++)
        {
            for (int length = 0; length <= longest; length++)
            {
                byte[] expected = (byte[])start.Clone(), actual = (byte[])start.Clone();
                for (int index = before; index < before + length; index++)
                    expected[index] = expected[index - distance];
                OverlappingCopy.Repeat(actual, before, distance, length);
                Assert.Equal(expected, actual);
            }
        }
    }
}
