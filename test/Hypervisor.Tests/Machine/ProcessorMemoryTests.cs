using System.Collections.Generic;
using System.Linq;

using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Each processor's stack, state and window: one that comes too late must find nobody else in its own.</summary>
public sealed class ProcessorMemoryTests
{
    private static ulong PlaceOf(uint number) => DirectMap.AddressOf(ref Processors.All[number].Value);

    [Theory]
    [InlineData(1u, 1)]
    [InlineData(2u, 1)]
    [InlineData(3u, 1)]
    [InlineData(1u, 3)]
    [InlineData(2u, 2)]
    public void TheMemoryOfWhoDoesNotComeIsNobodyElses(uint first, int failures)
    {
        TestMachine.Start(load: FirmwareTables.Processors(4));
        uint usable = (uint)Processors.All.Length;
        Assert.Equal(4u, usable);
        var failed = new List<ulong>();
        for (int failure = 0; failure < failures; failure++)
        {
            failed.Add(PlaceOf(first));
            ProcessorMemory.LeaveOut(Processors.All, first, --usable);
        }
        uint[] numbers = [.. Enumerable.Range(0, (int)usable).Select(number => (uint)number)];
        Assert.Equal(numbers, numbers.Select(number => Processors.All[number].Value.Number));
        Assert.Equal((int)usable, numbers.Select(PlaceOf).Distinct().Count());
        Assert.Equal((int)usable, numbers.Select(number => Processors.All[number].Value.DescriptorWindow).Distinct().Count());
        Assert.DoesNotContain(numbers, number => failed.Contains(PlaceOf(number)));
    }
}
