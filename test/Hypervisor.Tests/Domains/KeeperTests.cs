using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>Who has shut down stays as long as its keeper wants.</summary>
public sealed class KeeperTests
{
    private readonly TinyGuest initial, kept;

    public KeeperTests()
    {
        TestMachine.Start(mebibytes: 16);
        initial = new TinyGuest("zero", initial: true);
        kept = new TinyGuest("kept");
        kept.Domain.Keeper = DomainKeeper.Maker;
        kept.Enter();
    }

    private static void TakeApart()
    {
        for (int slice = 0; slice < 1000; slice++)
        {
            Preemption.Begin();
            Teardown.Step(ref TestMachine.Processor);
        }
    }

    [Theory]
    [InlineData(ShutdownReason.PowerOff)]
    [InlineData(ShutdownReason.Suspend)]
    [InlineData(ShutdownReason.Crash)]
    public void ADomainThatItsMakerKeepsStaysAsItIsUntilItIsDestroyed(ShutdownReason reason)
    {
        ushort id = kept.Domain.Id;
        ulong pages = kept.Domain.Memory.PageCount;
        Assert.Equal(Errno.None, DomainLife.ShutDown(ref kept.Domain, reason));
        TakeApart();

        Assert.Equal((DomainStage.ShutDown, reason, pages), (kept.Domain.Stage, kept.Domain.ShutdownReason, kept.Domain.Memory.PageCount));
        Assert.Equal(Errno.None, ForeignDomain.Find(ref initial.Vcpu, id, out Link<Domain> found));
        Assert.True(found.Same(ref kept.Domain));
        if (Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> next))
            Assert.False(next.Same(ref kept.Vcpu), "it runs though it has shut down");

        DomainLife.Destroy(ref kept.Domain);
        Assert.Equal(Errno.Srch, ForeignDomain.Find(ref initial.Vcpu, id, out _));
        TakeApart();
        Assert.False(DomainTable.TryFind(id, out _), "it is there though it was destroyed");
    }

    [Fact]
    public void ARunningDomainCanBeDestroyed()
    {
        ushort id = kept.Domain.Id;
        DomainLife.Destroy(ref kept.Domain);
        DomainLife.Destroy(ref kept.Domain);
        TakeApart();
        Assert.False(DomainTable.TryFind(id, out _));
    }
}
