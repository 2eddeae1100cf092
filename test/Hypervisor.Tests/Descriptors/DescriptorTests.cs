using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Descriptors;

/// <summary>GDT and LDT pages in the processor's window, through changes, switches and deaths.</summary>
public sealed class DescriptorTests
{
    private const ulong Flat3 = 0x00cf_f200_0000_ffff, Flat0 = 0x00cf_9200_0000_ffff, CallGate = 0x0000_ec00_0008_0000;
    private const int First = 20, Second = 21;

    private readonly TinyGuest guest;

    public DescriptorTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
        foreach (int page in (int[])[First, Second])
        {
            ulong entry = TinyGuest.Entry(guest.Frames[page], writable: false);
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), entry, 2));
        }
    }

    private long SetGdt(uint entries, params int[] pages)
    {
        for (int index = 0; index < pages.Length; index++)
            TinyGuest.Store(TinyGuest.AddressOf(12) + (ulong)index * 8, guest.Frames[pages[index]].Value);
        return guest.Call(Hypercall.SetGdt, TinyGuest.AddressOf(12), entries);
    }

    private static ulong? Shown(uint page) => DescriptorTables.Shown(TestMachine.Processor, page)?.Value;

    [Fact]
    public void TheWindowShowsTheTable()
    {
        Assert.Equal(0, SetGdt(1024, First, Second));
        Assert.Equal([guest.Frames[First].Value, guest.Frames[Second].Value, null], (ulong?[])[Shown(0), Shown(1), Shown(2)]);
        Assert.Equal(FrameType.Descriptors, FrameTable.Of(guest.Frames[First]).Type);
        Assert.Equal(-(long)Errno.Inval,
            guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(First), TinyGuest.Entry(guest.Frames[First], writable: true), 2));
        Assert.Equal(0, SetGdt(16, Second));
        Assert.Equal([guest.Frames[Second].Value, null], (ulong?[])[Shown(0), Shown(1)]);
        Assert.Equal(0u, FrameTable.Of(guest.Frames[First]).TypeCount);
    }

    [Fact]
    public void AWritablePageOrATableIsNoDescriptorPage()
    {
        Assert.Equal(-(long)Errno.Inval, SetGdt(16, 22));
        Assert.Equal(-(long)Errno.Inval, SetGdt(1024, First, 0));
        Assert.Equal(0u, FrameTable.Of(guest.Frames[First]).TypeCount);
        Assert.Equal(-(long)Errno.Inval, SetGdt(GdtLayout.FirstReservedEntry + 1, First));
    }

    [Theory]
    [InlineData(Flat3, 0, Flat3)]
    [InlineData(Flat0, 0, Flat3)]
    [InlineData(0x0000_0000_1234_5678ul, 0, 0x0000_0000_1234_5678ul)]
    [InlineData(0x008f_f200_0000_fffful, 0, Flat3)]
    [InlineData(0x008f_f600_0000_fffful, 0, 0x00cf_f600_0000_fffful)]
    [InlineData(0x008f_f000_0000_fffful, 0, 0x008f_f000_0000_fffful)]
    [InlineData(0x008f_fa00_0000_fffful, 0, 0x008f_fa00_0000_fffful)]
    [InlineData(CallGate, -22, 0ul)]
    [InlineData(0x00cf_9e00_0000_fffful, -22, 0ul)]
    [InlineData(0x00ef_9a00_0000_fffful, -22, 0ul)]
    [InlineData(0x0000_8900_0000_fffful, -22, 0ul)]
    public void OnlySegmentsOfRing3AreInstalled(ulong descriptor, long result, ulong installed)
    {
        Assert.Equal(0, SetGdt(16, First));
        Assert.Equal(result, guest.Call(Hypercall.UpdateDescriptor, guest.Frames[First].Address + 8, descriptor));
        Assert.Equal(installed, DirectMap.Table(guest.Frames[First])[1]);
    }

    private void SetLdt()
    {
        var set = new MmuExtendedOperation { Command = MmuExtendedCommand.SetLdt, Argument1 = TinyGuest.AddressOf(First), Argument2 = 1024 };
        TinyGuest.Store(TinyGuest.AddressOf(12), set);
        Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(12), 1, 0, DomainIds.Self));
    }

    /// <summary>
    /// The applications' GS is loaded for the guest: the processor's fault there is the hypervisor's, and shows nothing. It takes the lock, since a
    /// page of the guest's becomes descriptors.
    /// </summary>
    [Fact]
    public void TheLocalTableIsShownForTheSelectorThatACallLoads()
    {
        const ulong local = 4;
        SetLdt();
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rax, registers.Rdi) = ((ulong)Hypercall.SetSegmentBase, (ulong)SegmentBase.GsUserSelector);
        registers.Rsi = 512 << 3 | local;
        Assert.False(SystemCall.TryPerformAlone(ref guest.Vcpu, out _));
        Assert.Null(Shown(17));
        Assert.Equal(0, guest.Call(Hypercall.SetSegmentBase, (ulong)SegmentBase.GsUserSelector, 512 << 3));
        Assert.Null(Shown(17));
        Assert.Equal(0, guest.Call(Hypercall.SetSegmentBase, (ulong)SegmentBase.GsUserSelector, 512 << 3 | local));
        Assert.Equal((null, guest.Frames[Second].Value), (Shown(16), Shown(17)!.Value));
        Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.SetSegmentBase, 4, local));
    }

    [Fact]
    public void TheLocalTableIsShownPageByPageAndGoesWithItsOwner()
    {
        var other = new TinyGuest("two");
        guest.Enter();
        SetLdt();
        ulong window = TestMachine.Processor.DescriptorWindow + 16 * 4096;
        Assert.Null(Shown(17));
        Assert.True(LocalDescriptors.TryShowFor(ref guest.Vcpu, window + 4096 + 8));
        Assert.False(LocalDescriptors.TryShowFor(ref guest.Vcpu, window + 2 * 4096));
        Assert.Equal(guest.Frames[Second].Value, Shown(17));
        other.Enter();
        Assert.Null(Shown(17));
        Assert.Equal(0u, DescriptorTables.LocalEntries);
        guest.Enter();
        Assert.Equal((guest.Frames[Second].Value, 1024u), (Shown(17)!.Value, DescriptorTables.LocalEntries));
        ulong free = FrameAllocator.FreeCount;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(guest.IsAlive);
        Assert.Null(Shown(17));
        Assert.True(FrameAllocator.FreeCount >= free + 48, "the frames of its local table do not come back");
    }
}
