using System;

using Serai.Abi;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>A kernel's own writes to its L1 table do what the instruction does, whichever way they are decoded, or are refused.</summary>
public sealed class EmulatedWriteTests
{
    private const int Page = 20, Other = 21, Table = 3;
    private const ulong Code = 0x800;

    private readonly TinyGuest guest;

    public EmulatedWriteTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("guest");
        guest.Enter();
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
    }

    private ref Registers Registers => ref guest.Vcpu.Registers;

    private ref ulong Slot => ref Arena.Words(guest.Frames[Table])[Page];

    private ulong Entry(int page, bool writable) => TinyGuest.Entry(guest.Frames[page], writable);

    private static ulong Address(int offset) => TinyGuest.AddressOf(Table) + Page * 8 + (ulong)offset;

    /// <summary>The operand is at RDI, the register RSI. Whether RIP is behind the instruction.</summary>
    private bool Write(string bytes, int offset = 0)
    {
        byte[] text = [.. Convert.FromHexString(bytes), 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90];
        ulong code = TinyGuest.AddressOf(24) + Code, handler = TinyGuest.AddressOf(5);
        for (int index = 0; index < text.Length; index++)
            TinyGuest.Store(code + (ulong)index, text[index]);
        guest.Vcpu.Traps.Addresses[14] = handler;
        (Registers.Rip, Registers.Rdi, Registers.Rsp) = (code, Address(offset), TinyGuest.AddressOf(24));
        PageFault.Handle(ref guest.Vcpu, Address(offset), 7);
        Assert.True(Registers.Rip == handler || Registers.Rip == code + (ulong)bytes.Length / 2);
        return Registers.Rip != handler;
    }

    /// <summary>What the short way knows, and some it does not, against the operation of an instruction (<see cref="PageTableWrite"/>).</summary>
    [Theory]
    [InlineData("488937", 0)]
    [InlineData("488737", 0)]
    [InlineData("f0480fb137", 0)]
    [InlineData("3e480fb137", 0)]
    [InlineData("480fb137", 0)]
    [InlineData("f0480fba3705", 0)]
    [InlineData("f0480fba2f06", 0)]
    [InlineData("f0480fba3701", 0)]
    [InlineData("f0480fba2f49", 0)]
    [InlineData("f08027fd", 0)]
    [InlineData("f0800f02", 0)]
    [InlineData("f08027df", 0)]
    [InlineData("f0800f02", 1)]
    [InlineData("f0802700", 7)]
    [InlineData("f0482137", 0)]
    [InlineData("f0480fc137", 0)]
    public void TheEntryBecomesWhatTheInstructionMakesOfIt(string bytes, int offset)
    {
        InstructionDecoder.Decode([.. Convert.FromHexString(bytes), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], CodeMode.Long, out Instruction instruction);
        ulong[] entries = [Entry(Page, true), Entry(Page, false), Entry(Other, true), 0, Entry(Page, true) | 0x60, Entry(Page, true) & ~0x20ul];
        foreach (ulong old in entries)
        {
            foreach (ulong value in entries)
            {
                foreach (ulong accumulator in (ulong[])[old, value, old + 1])
                    Check(bytes, offset, instruction, old, value, accumulator);
            }
        }
    }

    private void Check(string bytes, int offset, in Instruction instruction, ulong old, ulong value, ulong accumulator)
    {
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Page), old, 0));
        ulong before = Slot;
        (Registers.Rax, Registers.Rsi, Registers.Rflags) = (accumulator, value, 0x8d5 ^ before & 0x41);
        Registers expected = Registers;
        Assert.True(PageTableWrite.TryPrepare(instruction, expected, offset, before, out PageTableWrite write));
        write.Complete(instruction, ref expected);
        if (!Write(bytes, offset))
        {
            Assert.Equal(before, Slot);
            Assert.True(IsRefused(write.NewEntry));
            return;
        }
        Assert.Equal(write.NewEntry, Slot & (write.NewEntry | ~4ul));
        Assert.Equal((expected.Rax, expected.Rsi, expected.Rflags), (Registers.Rax, Registers.Rsi, Registers.Rflags));
    }

    /// <summary>Whether mmu_update would not have the entry.</summary>
    private bool IsRefused(ulong entry)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest { Pointer = guest.Frames[Table].Address + (Page + 1) * 8, Value = entry });
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self) != 0;
    }

    /// <summary>The trap of a single step comes behind the instruction that was done, whichever way it was decoded.</summary>
    [Theory]
    [InlineData("488937")]
    [InlineData("f0480fb137")]
    [InlineData("f0482137")]
    public void AStepEndsBehindTheInstruction(string bytes)
    {
        ulong stepped = TinyGuest.AddressOf(6), code = TinyGuest.AddressOf(24) + Code, trap = Flags.Trap | Flags.Resume;
        guest.Vcpu.Traps.Addresses[1] = stepped;
        (Registers.Rax, Registers.Rsi, Registers.Rflags) = (Slot, Slot, Registers.Rflags | trap);
        for (int index = 0; index < bytes.Length / 2; index++)
            TinyGuest.Store(code + (ulong)index, Convert.FromHexString(bytes)[index]);
        (Registers.Rip, Registers.Rdi, Registers.Rsp) = (code, Address(0), TinyGuest.AddressOf(24));
        PageFault.Handle(ref guest.Vcpu, Address(0), 7);
        (ulong rip, ulong saved) = (TinyGuest.Load<ulong>(Registers.Rsp + 16), TinyGuest.Load<ulong>(Registers.Rsp + 32));
        Assert.Equal((stepped, code + (ulong)bytes.Length / 2, Flags.Trap), (Registers.Rip, rip, saved & trap));
    }

    /// <summary>One that finds another value stores nothing: what it would have stored need not be an entry that may be.</summary>
    [Fact]
    public void ACompareExchangeThatFailsIsNotRefused()
    {
        ulong before = Slot;
        (Registers.Rax, Registers.Rsi) = (before + 1, TinyGuest.Entry(guest.Frames[Table], writable: true));
        Assert.True(Write("f0480fb137"));
        Assert.Equal((before, before), (Slot, Registers.Rax));
        Assert.False(Write("f0480fb137"));
        Assert.Equal(before, Slot);
    }

    [Theory]
    [InlineData("488937")]
    [InlineData("488737")]
    [InlineData("f0480fb137")]
    [InlineData("f0480fba3701")]
    public void AnOperandThatIsNotOneEntryIsRefused(string bytes)
    {
        ulong before = Slot;
        (Registers.Rax, Registers.Rsi) = (before, before);
        Assert.False(Write(bytes, 1));
        Assert.Equal(before, Slot);
    }

    /// <summary>A frame that an entry made writable by these instructions names must be one that may be.</summary>
    [Theory]
    [InlineData("f0800f02")]
    [InlineData("f0480fba2f01")]
    public void ATableIsNotMadeWritable(string bytes)
    {
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Page), Entry(Table, false), 0));
        ulong before = Slot;
        Assert.False(Write(bytes));
        Assert.Equal(before, Slot);
        Assert.Equal(FrameType.L1, FrameTable.Of(guest.Frames[Table]).Type);
    }
}
