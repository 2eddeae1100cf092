using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>How long the end of a domain takes, however it has arranged its frames: others wait for it, and pay for nothing.</summary>
public sealed class TeardownTests
{
    private const int Pairs = 400;

    /// <summary>Many pinned tables, the frame behind each in the list held by it; the slices of the teardown.</summary>
    private static int SlicesOfTeardown(bool givenBack)
    {
        TestMachine.Start(mebibytes: 16);
        Preemption.Share = 20;
        var guest = new TinyGuest("one", spare: 2 * Pairs);
        guest.Enter();
        for (int pair = 0; pair < Pairs; pair++)
        {
            Assert.True(DomainMemory.TryGive(ref guest.Domain, 0, 64, out Mfn held));
            Assert.True(DomainMemory.TryGive(ref guest.Domain, 0, 64, out Mfn table));
            Arena.Words(table)[0] = TinyGuest.Entry(held, writable: false);
            TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new MmuExtendedOperation
            {
                Command = MmuExtendedCommand.PinL1Table, Argument1 = table.Value,
            });
            Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(TinyGuest.RecordFrame), 1, 0, DomainIds.Self));
            Assert.True(!givenBack || FrameTable.GiveAllocation(held));
        }

        ushort id = guest.Domain.Id;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.PowerOff);
        int slices = 0;
        for (; DomainTable.TryFind(id, out _) && slices < 100_000; slices++)
        {
            Preemption.Begin();
            Teardown.Step(ref TestMachine.Processor);
        }

        return slices;
    }

    [Fact]
    public void FramesThatGoWithTheirTablesMakeNoEndLonger()
    {
        int usual = SlicesOfTeardown(givenBack: false);
        Assert.InRange(SlicesOfTeardown(givenBack: true), 2, 2 * usual);
    }
}
