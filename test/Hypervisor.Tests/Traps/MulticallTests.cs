using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>HYPERVISOR_multicall: order, results, what cannot be in a batch, and going on after a pause.</summary>
public sealed class MulticallTests
{
    private const int Entries = 30;
    private readonly TinyGuest guest;
    private readonly ulong list = TinyGuest.AddressOf(Entries);

    public MulticallTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
    }

    private long Batch(params MulticallEntry[] entries)
    {
        for (int index = 0; index < entries.Length; index++)
            TinyGuest.Store(list + (ulong)index * 64, entries[index]);
        return guest.Call(Hypercall.Multicall, list, (ulong)entries.Length);
    }

    private long Result(int index) => TinyGuest.Load<MulticallEntry>(list + (ulong)index * 64).Result;

    private static MulticallEntry Entry(Hypercall call, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0)
        => new() { Op = (ulong)call, Argument1 = a, Argument2 = b, Argument3 = c, Argument4 = d };

    [Fact]
    public void EveryEntryHasItsResult()
    {
        Assert.Equal(0, Batch(Entry(Hypercall.FpuTaskSwitch, 1), Entry((Hypercall)63), Entry(Hypercall.StackSwitch, 0, Layout.End),
            Entry(Hypercall.XenVersion)));
        Assert.Equal([0, -(long)Errno.NoSys, -(long)Errno.Perm, 4 << 16 | 17], [Result(0), Result(1), Result(2), Result(3)]);
        Assert.True(guest.Vcpu.TaskSwitched);
    }

    [Fact]
    public void ABatchInABatchAndAnIretAreRefused()
    {
        Assert.Equal(0, Batch(Entry(Hypercall.Multicall, list, 1), Entry(Hypercall.Iret), Entry(Hypercall.FpuTaskSwitch, 1)));
        Assert.True(Result(0) < 0 && Result(1) < 0);
        Assert.Equal(0, Result(2));
    }

    [Fact]
    public void AListThatCannotBeReadIsAFault()
    {
        Assert.Equal(-(long)Errno.Fault, guest.Call(Hypercall.Multicall, 0x1000, 1));
        Assert.Equal(-(long)Errno.Fault, guest.Call(Hypercall.Multicall, Layout.Start, 1));
        Assert.Equal(-(long)Errno.Fault, guest.Call(Hypercall.Multicall, ulong.MaxValue - 31, 1));
        Assert.Equal(0, guest.Call(Hypercall.Multicall, 0x1000, 0));
    }

    [Fact]
    public void ALongBatchGoesOn()
    {
        MulticallEntry[] entries = [.. Enumerable.Repeat(Entry(Hypercall.FpuTaskSwitch, 1), 300), Entry((Hypercall)62)];
        Assert.Equal(0, Batch(entries));
        Assert.Equal((0, -(long)Errno.NoSys), (Result(299), Result(300)));
    }

    [Fact]
    public void AnEntryThatPausesGoesOnWhereItWas()
    {
        const ulong count = 3000;
        ulong requests = TinyGuest.AddressOf(12), done = TinyGuest.AddressOf(28);
        for (ulong index = 0; index < count; index++)
        {
            TinyGuest.Store(requests + index * 16,
                new MmuUpdateRequest { Pointer = guest.Frames[11].Address | (ulong)MmuUpdateCommand.MachphysUpdate, Value = index });
        }
        Assert.Equal(0, Batch(Entry(Hypercall.MmuUpdate, requests, count, done, DomainIds.Self), Entry(Hypercall.FpuTaskSwitch, 1)));
        Assert.Equal((0L, 0L, (uint)count), (Result(0), Result(1), TinyGuest.Load<uint>(done)));
        Assert.Equal(count - 1, Serai.Hypervisor.Memory.MachineToPhysical.Get(guest.Frames[11]));
    }
}
