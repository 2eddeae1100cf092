using Serai.Abi;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Memory;

/// <summary>The tables that the processor loads for a guest are those that the guest has named, whenever it names others.</summary>
public sealed class LoadedRootsTests
{
    private const int Second = 20;

    private readonly TinyGuest guest;

    public LoadedRootsTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
    }

    /// <summary>A second top-level table: a copy of the first one's entries, mapped read-only as a table must be.</summary>
    private Mfn MakeSecondRoot()
    {
        Mfn second = guest.Frames[Second];
        TinyGuest.Store(TinyGuest.AddressOf(Second) + 8 * (ulong)PageTableEntry.Index(TinyGuest.Origin, 4),
            TinyGuest.Entry(guest.Frames[1], writable: true));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Second), TinyGuest.Entry(second, writable: false), 0));
        return second;
    }

    private long Extended(MmuExtendedCommand command, Mfn frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = command, Argument1 = frame.Value });
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    [Fact]
    public void ASwitchLoadsWhatIsNamed()
        => Assert.Equal((guest.Vcpu.KernelRoot, 0ul), (guest.Vcpu.LoadedKernelRoot, guest.Vcpu.LoadedUserRoot));

    [Fact]
    public void ANewNameIsFollowed()
    {
        Mfn second = MakeSecondRoot();
        ulong first = guest.Vcpu.KernelRoot;
        Assert.Equal(0, Extended(MmuExtendedCommand.NewUserBasePointer, second));
        Assert.Equal((first, second.Address), (guest.Vcpu.LoadedKernelRoot, guest.Vcpu.LoadedUserRoot));
        Assert.Equal(0, Extended(MmuExtendedCommand.NewBasePointer, second));
        Assert.Equal((second.Address, second.Address), (guest.Vcpu.LoadedKernelRoot, guest.Vcpu.LoadedUserRoot));
        Assert.Equal(0, Extended(MmuExtendedCommand.NewUserBasePointer, default));
        Assert.Equal((second.Address, 0ul), (guest.Vcpu.LoadedKernelRoot, guest.Vcpu.LoadedUserRoot));
    }
}
