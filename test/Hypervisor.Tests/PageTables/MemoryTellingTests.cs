using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>What memory_op tells of a domain out of words that the domain itself writes.</summary>
public sealed class MemoryTellingTests
{
    private readonly TinyGuest guest;

    public MemoryTellingTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
    }

    /// <summary>One of these words, less one, is the mark of a call that is to be made again: who asked would ask for ever.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0x1_0000, 0xffff)]
    [InlineData(0x8000_0000_0000_0001, 0)]
    [InlineData(ulong.MaxValue, 0xff_ffff_fffe)]
    public void TheHighestFrameIsNeverMoreThanANumber(ulong word, long told)
    {
        guest.Domain.SharedInfo.Value.Arch.MaxPfn = word;
        Assert.Equal(told, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumGpfn, new MemoryDomain { Domain = DomainIds.Self }).Result);
    }
}
