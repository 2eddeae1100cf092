using System.Runtime.CompilerServices;
using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Frames;

/// <summary>
/// Counts at their end. A count that wraps is a frame that is free while it is mapped; some hundred megabytes of L1 tables would be enough to
/// get there, so the last reference before the end must be refused, and refusing must change nothing.
/// </summary>
public sealed class CountLimitTests
{
    private readonly TinyGuest guest;

    public CountLimitTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
    }

    private ref Frame Target => ref FrameTable.Of(guest.Frames[20]);

    private long Map(int page, bool writable)
        => guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), TinyGuest.Entry(guest.Frames[20], writable));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheLastReferencesAreRefused(bool writable)
    {
        Assert.Equal(0, Map(21, writable: true));
        ulong kept = Target.State;
        const ulong nearTheEnd = Frame.Full - 2;
        Unsafe.As<Frame, ulong>(ref Target) = (kept & ~(Frame.CountMask | Frame.TypeCountMask)) | nearTheEnd | (nearTheEnd - 1) << 26;
        Assert.Equal(0, Map(22, writable));
        Assert.Equal(0, Map(23, writable));
        ulong full = Target.State;
        Assert.Equal(-(long)Errno.Inval, Map(24, writable));
        Assert.Equal(-(long)Errno.Inval, Map(24, !writable));
        Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.MmuUpdate, Request(Target.State), 1, 0, DomainIds.Self));
        Assert.Equal(full, Target.State);
        Assert.Equal(guest.Frames[24].Value, PageTableEntry.FrameOf(DirectMap.Table(guest.Frames[3])[24]).Value);
    }

    private ulong Request(ulong value)
    {
        ulong place = TinyGuest.AddressOf(12);
        TinyGuest.Store(place, guest.Frames[20].Address);
        TinyGuest.Store(place + 8, value);
        return place;
    }

    [Fact]
    public void APinAndARootAtTheEndAreRefusedToo()
    {
        ref Frame root = ref FrameTable.Of(guest.Frames[0]);
        ulong kept = root.State;
        Unsafe.As<Frame, ulong>(ref root) = (kept & ~(Frame.CountMask | Frame.TypeCountMask)) | (Frame.CountMask - 1) | (Frame.CountMask - 2) << 26;
        ulong full = root.State;
        Assert.Equal(Errno.Inval, AddressSpaces.SetUserRoot(ref guest.Vcpu, guest.Frames[0]));
        Assert.Equal(full, root.State);
    }
}
