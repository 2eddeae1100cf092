using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Building;

/// <summary>Memory that runs out somewhere on the way of a building: the domain is refused, and every frame is where it was.</summary>
public sealed class ShortageTests
{
    private static ulong Take(ulong leave)
    {
        while (FrameAllocator.FreeCount > leave)
        {
            int order = FrameAllocator.MaximumOrder;
            while (order > 0 && (1ul << order > FrameAllocator.FreeCount - leave || !FrameAllocator.TryTake(order, out _)))
                order--;
            if (order == 0)
                Assert.True(FrameAllocator.TryTake(0, out _));
        }
        return FrameAllocator.FreeCount;
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(4u)]
    public void NoShortageLosesAFrame(uint vcpus)
    {
        var said = new HashSet<string>();
        bool built = false;
        for (ulong leave = 3072; !built; leave += leave is > 3080 and < 3250 ? 7ul : 1)
        {
            TestKernel.Boot(32, "", (TestKernel.Make(), $"kernel domain=a memory=12M vcpus={vcpus}"));
            ulong free = Take(leave);
            ModuleDomains.StartAll();
            built = DomainTable.TryFind("a"u8, out _);
            if (built)
                break;
            Assert.Contains("cannot start: ", Serial.Output);
            said.Add(Serial.Output.Split("cannot start: ")[1].Split('\r')[0]);
            Assert.Equal(free, FrameAllocator.FreeCount);
            Assert.Empty(FrameOracle.Look(null));
            Assert.True(leave < 4000, "a domain of 12 MiB does not fit 16 MiB");
        }
        Assert.NotEmpty(said);
    }

    [Fact]
    public void ThereAreOnlySoManyDomains()
    {
        TestMachine.Start(32);
        for (int number = 1; number < DomainTable.Capacity; number++)
            Assert.Equal(Errno.None, DomainFrame.Create(TestKernel.Ascii($"n{number}"), false, out _));
        Assert.Equal(Errno.NoSpc, DomainFrame.Create("more"u8, false, out _));
    }

    [Fact]
    public void AnIdIsNotUsedAgainSoon()
    {
        TestMachine.Start();
        var ids = new HashSet<ushort>();
        for (int turn = 0; turn < 100; turn++)
        {
            Assert.Equal(Errno.None, DomainFrame.Create("a"u8, false, out Link<Domain> domain));
            Assert.True(ids.Add(domain.Value.Id));
            DomainFrame.Remove(ref domain.Value);
        }
    }
}
