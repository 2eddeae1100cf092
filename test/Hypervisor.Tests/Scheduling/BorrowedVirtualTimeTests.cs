using System;
using System.Linq;

using Serai.Hypervisor.Scheduling;

using Xunit;
using Xunit.Abstractions;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>What borrowed virtual time promises: shares as the weights say, short waits for who is warped, and neither at the others' cost.</summary>
public sealed class BorrowedVirtualTimeTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 1_000_000, Second = 1_000_000_000;

    private void CheckShares(SchedulingWorld world, double tolerance)
    {
        double weights = world.Guests.Sum(it => it.Weight), ran = world.Guests.Sum(it => (double)it.Ran);
        double worst = world.Guests.Max(it => Math.Abs(it.Ran / ran / (it.Weight / weights) - 1));
        output.WriteLine($"worst error {worst:P2}, {world.Switches} switches, longest wait {world.Guests.Max(it => it.LongestWait) / 1000} us");
        if (worst >= tolerance)
        {
            foreach (SimulatedGuest it in world.Guests)
                output.WriteLine($"{it.Weight} {it.Ran} {it.Ran / ran / (it.Weight / weights)} on {it.Vcpu.Turn.Queue}");
        }
        Assert.True(worst < tolerance, $"{worst:P2}");
    }

    [Theory]
    [InlineData(1, 8, 60)]
    [InlineData(1, 300, 1200)]
    [InlineData(2, 3, 20)]
    [InlineData(2, 9, 60)]
    [InlineData(4, 50, 120)]
    [InlineData(7, 100, 120)]
    public void SharesAreAsTheWeightsSay(uint processors, int guests, int seconds)
    {
        var world = new SchedulingWorld(processors);
        var random = new Random(guests);
        for (int index = 0; index < guests; index++)
            world.AddBusy(guests <= 9 ? 256 : (uint)random.Next(64, 1025));
        world.Run((ulong)seconds * Second);
        CheckShares(world, 0.01);
    }
}
