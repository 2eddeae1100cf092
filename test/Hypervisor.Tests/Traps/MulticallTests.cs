using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Records;
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
    public void ABatchInABatchIsRefused()
    {
        Assert.Equal(0, Batch(Entry(Hypercall.Multicall, list, 1), Entry(Hypercall.FpuTaskSwitch, 1)));
        Assert.Equal((-(long)Errno.Inval, 0L), (Result(0), Result(1)));
    }

    [Fact]
    public void ANumberOfMoreThan32BitsIsThatOfNoCall()
    {
        foreach (int bit in Enumerable.Range(32, 32))
        {
            foreach (Hypercall call in new[] { Hypercall.XenVersion, Hypercall.Multicall, Hypercall.Iret })
            {
                Assert.Equal(0, Batch(Entry((Hypercall)0) with { Op = (uint)call | 1ul << bit }, Entry(Hypercall.XenVersion)));
                Assert.Equal((-(long)Errno.NoSys, 4L << 16 | 17), (Result(0), Result(1)));
            }
        }
    }

    private const ulong Marker = 0x7777;

    [Fact]
    public void AnIretEndsTheBatch()
    {
        ulong stack = TinyGuest.AddressOf(20), rip = TinyGuest.AddressOf(9);
        TinyGuest.Store(stack, new IretContext
        {
            Rax = 0x99, R11 = 0x11, Rcx = 0xcc, Rip = rip, Cs = FlatSelectors.KernelCode & ~3ul, Rflags = Flags.Interrupt, Rsp = stack + 0x100,
            Ss = FlatSelectors.KernelStack,
        });
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rsp, registers.Rdx, registers.R10, registers.R8) = (stack, 3, 4, 5);
        MulticallEntry[] entries = [Entry(Hypercall.FpuTaskSwitch, 1), Entry(Hypercall.Iret, 6, 7, 8, 9), Entry(Hypercall.FpuTaskSwitch)];
        for (int index = 0; index < entries.Length; index++)
            TinyGuest.Store(list + (ulong)index * 64, entries[index] with { Result = (long)Marker });
        (registers.Rdi, registers.Rsi, registers.Rax, registers.Vector) = (list, 3, (ulong)Hypercall.Multicall, 0x100);
        SystemCall.Perform(ref guest.Vcpu);
        Assert.Equal((rip, stack + 0x100, 0x99ul, 0xccul, 0x11ul), (registers.Rip, registers.Rsp, registers.Rax, registers.Rcx, registers.R11));
        Assert.Equal((list, 3ul, 3ul, 4ul, 5ul), (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8));
        Assert.Equal((0L, (long)Marker, (long)Marker), (Result(0), Result(1), Result(2)));
        Assert.True(guest.Vcpu.TaskSwitched);
    }

    [Fact]
    public void TheCallerKeepsItsRegisters()
    {
        Assert.Equal(0, Batch(Entry(Hypercall.FpuTaskSwitch, 1, 2, 3, 4), Entry((Hypercall)63, 5, 6, 7, 8)));
        ref Registers registers = ref guest.Vcpu.Registers;
        Assert.Equal((list, 2ul, 0ul, 0ul, 0ul), (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8));
        // A list that ends in nothing: the entry before has been read into the registers.
        ulong last = TinyGuest.AddressOf(48) - 64;
        TinyGuest.Store(last, Entry(Hypercall.FpuTaskSwitch, 1, 2, 3, 4));
        Assert.Equal(-(long)Errno.Fault, guest.Call(Hypercall.Multicall, last, 2, 11, 12, 13));
        Assert.Equal((last, 2ul, 11ul, 12ul, 13ul), (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8));
    }

    [Fact]
    public void ACallerThatIsStoppedKeepsTheOthers()
    {
        int stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            ref Registers registers = ref guest.Vcpu.Registers;
            Assert.Equal((11ul, 12ul, 13ul), (registers.Rdx, registers.R10, registers.R8));
            stops++;
        };
        for (int index = 0; index < 100; index++)
            TinyGuest.Store(list + (ulong)index * 64, Entry(Hypercall.FpuTaskSwitch, 1, 2, 3, 4));
        long result = guest.Call(Hypercall.Multicall, list, 100, 11, 12, 13);
        TinyGuest.WhileStopped = null;
        Assert.Equal(0, result);
        Assert.True(stops > 0);
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
        Assert.Equal(count - 1, Serai.Hypervisor.Frames.MachineToPhysical.Get(guest.Frames[11]));
    }
}
