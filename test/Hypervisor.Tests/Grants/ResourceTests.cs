using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>XENMEM_acquire_resource: who gets the frames of whose grant table.</summary>
public sealed class ResourceTests
{
    private static readonly ulong list = TinyGuest.AddressOf(12);
    private readonly TinyGuest initial;
    private readonly TinyGuest other;

    public ResourceTests()
    {
        TestMachine.Start(mebibytes: 16);
        (initial, other) = (new TinyGuest("initial", initial: true), new TinyGuest("other"));
        initial.Enter();
    }

    private AcquireResource Shared(uint count, ulong first = 0) => new()
    {
        Domain = other.Id, Type = ResourceType.GrantTable, Id = (uint)GrantTableResource.Shared, FrameCount = count, Frame = first, FrameList = list,
    };

    private static (long Result, AcquireResource Record) Ask(TinyGuest caller, AcquireResource wanted)
        => caller.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.AcquireResource, wanted);

    private void Refused(Errno error, AcquireResource wanted)
    {
        int frames = other.Domain.Grants.FrameCount;
        Assert.Equal(-(long)error, Ask(initial, wanted).Result);
        Assert.Equal(frames, other.Domain.Grants.FrameCount);
    }

    [Fact]
    public void WithoutAListItTellsHowManyFramesThereMayBe()
    {
        (long result, AcquireResource told) = Ask(initial, Shared(0) with { FrameList = 0 });
        Assert.Equal((0, (uint)GrantTable.MaximumFrames), (result, told.FrameCount));
        Refused(Errno.Inval, Shared(1) with { FrameList = 0 });
        Refused(Errno.Inval, Shared(0, 1) with { FrameList = 0 });
    }

    [Fact]
    public void TheTableGrowsToWhatIsAskedForAndItsFramesCanBeMapped()
    {
        Assert.Equal(0, Ask(initial, Shared(2, 1)).Result);
        Assert.Equal(3, other.Domain.Grants.FrameCount);
        for (int index = 0; index < 2; index++)
            Assert.Equal(other.Domain.Grants[index + 1].Value, TinyGuest.Load<ulong>(list + (ulong)index * 8));
        ulong entry = TinyGuest.Entry(other.Domain.Grants[1], writable: true);
        Assert.Equal(0, initial.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(20), entry, 0, other.Id));
        Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), 0));
        Assert.Equal(0, Ask(initial, Shared(1, GrantTable.MaximumFrames - 1)).Result);
        Assert.Equal(GrantTable.MaximumFrames, other.Domain.Grants.FrameCount);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, GrantTable.MaximumFrames)]
    [InlineData(GrantTable.MaximumFrames, 1)]
    [InlineData(GrantTable.MaximumFrames + 1, 0)]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(1, uint.MaxValue)]
    [InlineData(1, ulong.MaxValue)]
    [InlineData(uint.MaxValue, ulong.MaxValue)]
    public void NothingBeyondWhatMayBe(uint count, ulong first) => Refused(Errno.Inval, Shared(count, first));

    [Fact]
    public void OnlyWhatAParavirtualGuestHas()
    {
        Refused(Errno.Inval, Shared(1) with { Id = (uint)GrantTableResource.Status });
        Refused(Errno.Inval, Shared(1) with { Id = uint.MaxValue });
        Refused(Errno.Inval, Shared(1) with { Type = ResourceType.IoreqServer });
        Refused(Errno.Inval, Shared(1) with { Type = ResourceType.VmtraceBuffer });
        Refused(Errno.OpNotSupp, Shared(1) with { Type = (ResourceType)3 });
        Refused(Errno.OpNotSupp, Shared(1) with { Type = (ResourceType)ushort.MaxValue });
        Refused(Errno.Inval, Shared(1) with { Reserved = 1 });
    }

    [Fact]
    public void OnlyAnotherDomainThatOneControls()
    {
        Refused(Errno.Srch, Shared(1) with { Domain = 77 });
        Refused(Errno.Srch, Shared(1) with { Domain = DomainIds.Self });
        Refused(Errno.Srch, Shared(1) with { Domain = DomainIds.Xen });
        Refused(Errno.Perm, Shared(1) with { Domain = initial.Id });
        other.Enter();
        Assert.Equal(-(long)Errno.Perm, Ask(other, Shared(1) with { Domain = initial.Id }).Result);
        Assert.Equal(-(long)Errno.Perm, Ask(other, Shared(1)).Result);
        Assert.Equal(-(long)Errno.Srch, Ask(other, Shared(1) with { Domain = 77 }).Result);
    }

    [Fact]
    public void ADyingDomainsTableDoesNotGrow()
    {
        other.Domain.Stage = DomainStage.Dying;
        Refused(Errno.Srch, Shared(1));
    }

    [Fact]
    public void AnAddressThatCannotBeWrittenIsAFault()
    {
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Shared(1) with { FrameList = 0x1000 }).Result);
        Assert.Equal(-(long)Errno.Fault, Ask(initial, Shared(1) with { FrameList = ulong.MaxValue - 7 }).Result);
        Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.AcquireResource, 0x1000));
    }

    [Fact]
    public void WithoutMemoryForTheTableNothingIsTold()
    {
        while (FrameAllocator.TryTake(0, out _))
        {
        }
        Assert.Equal(-(long)Errno.NoMem, Ask(initial, Shared(8)).Result);
    }
}
