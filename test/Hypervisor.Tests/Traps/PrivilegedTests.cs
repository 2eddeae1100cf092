using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Clock;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>Privileged instructions of a guest's kernel, from their bytes to the registers.</summary>
public sealed class PrivilegedTests
{
    private const ulong Handler = 0xffff_8800_0001_2340;
    private static readonly ulong code = TinyGuest.AddressOf(20);

    private readonly TinyGuest guest;

    public PrivilegedTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
        guest.Vcpu.Traps.Addresses[13] = guest.Vcpu.Traps.Addresses[6] = Handler;
        guest.Vcpu.Registers.Rsp = TinyGuest.AddressOf(24);
    }

    private ref Registers Registers => ref guest.Vcpu.Registers;

    /// <summary>Has the guest fault at an instruction; whether it was done, which RIP tells.</summary>
    private bool Run(params byte[] bytes)
    {
        for (int index = 0; index < bytes.Length; index++)
            TinyGuest.Store(code + (ulong)index, bytes[index]);
        Registers.Rip = code;
        WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection, 0);
        return Registers.Rip == code + (ulong)bytes.Length;
    }

    /// <summary>A port may be the machine's and a new root is a frame's; all else is the virtual CPU's own.</summary>
    [Theory]
    [InlineData(true, "ec")]
    [InlineData(true, "ee")]
    [InlineData(true, "6c")]
    [InlineData(true, "6e")]
    [InlineData(true, "0f22d8")]
    [InlineData(false, "0f22d0")]
    [InlineData(false, "0f20d8")]
    [InlineData(false, "0f21f8")]
    [InlineData(false, "0f23c0")]
    [InlineData(false, "0fa2")]
    [InlineData(false, "0f32")]
    [InlineData(false, "0f30")]
    [InlineData(false, "0f31")]
    [InlineData(false, "0f06")]
    [InlineData(false, "0f09")]
    [InlineData(false, "0f0138")]
    [InlineData(false, "0f01d1")]
    [InlineData(false, "fa")]
    [InlineData(false, "cd40")]
    [InlineData(false, "f4")]
    [InlineData(false, "90")]
    public void TheLockIsTakenForPortsAndRoots(bool takes, string instruction)
    {
        byte[] bytes = Convert.FromHexString(instruction);
        for (int index = 0; index < bytes.Length; index++)
            TinyGuest.Store(code + (ulong)index, bytes[index]);
        (Registers.Rip, Registers.Rax, Registers.Rdx) = (code, guest.Vcpu.KernelRoot, 0x3f8);
        TestMachine.Processor.Work = ProcessorWork.None;
        Assert.Equal(takes, WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection));
        Assert.True(guest.IsAlive);
    }

    [Fact]
    public void CpuidIsAnswered()
    {
        SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
        (Registers.Rax, Registers.Rcx) = (0x4000_0000, 0);
        Assert.True(Run(0x0f, 0xa2));
        Assert.Equal((0x566e_6558ul, 0x6558_4d4dul, 0x4d4d_566eul), (Registers.Rbx, Registers.Rcx, Registers.Rdx));
    }

    [Fact]
    public void TheForcedCpuidIsToo()
    {
        byte[] bytes = [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2];
        for (int index = 0; index < bytes.Length; index++)
            TinyGuest.Store(code + (ulong)index, bytes[index]);
        (Registers.Rip, Registers.Rax, Registers.Rcx) = (code, 0x4000_0000, 0);
        WayIn.Exception(ref guest.Vcpu, Exceptions.InvalidOpcode);
        Assert.Equal((code + 7, 0x566e_6558ul), (Registers.Rip, Registers.Rbx));
    }

    [Fact]
    public void BasesAreSetByMsr()
    {
        (Registers.Rcx, Registers.Rax, Registers.Rdx) = (Segments.GsBase, 0x1234_5000, 0xffff_8800);
        Assert.True(Run(0x0f, 0x30));
        Assert.Equal(0xffff_8800_1234_5000, SimulatedProcessor.Msrs[Segments.GsBase]);
        Registers.Rax = Registers.Rdx = 0;
        Assert.True(Run(0x0f, 0x32));
        Assert.Equal((0x1234_5000ul, 0xffff_8800ul), (Registers.Rax, Registers.Rdx));
        (Registers.Rcx, Registers.Rdx) = (Segments.GsBase, 0x0000_8800);
        Assert.False(Run(0x0f, 0x30));
        Assert.Equal(Handler, Registers.Rip);
    }

    [Fact]
    public void TheTimeStampIsRead()
    {
        TimeSource.Now = 0x1234_5678_9abc_def0;
        Assert.True(Run(0x0f, 0x31));
        Assert.Equal((0x9abc_def0ul, 0x1234_5678ul), (Registers.Rax, Registers.Rdx));
    }

    [Fact]
    public void PortsOfOthersAnswerAllOnesAndAreNotTouched()
    {
        Registers.Rdx = 0x3f8;
        Assert.Equal(0, guest.Ask(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, new PhysdevSetIopl { Iopl = 1 }).Result);
        Registers.Rdx = 0x3f8;
        Assert.True(Run(0xec));
        Assert.Equal(0xfful, Registers.Rax & 0xff);
        Assert.True(Run(0xee));
        Assert.Equal((0, 0), (Journal.Count(Act.PortIn), Journal.Count(Act.PortOut)));
    }

    [Fact]
    public void ControlRegistersAreTheGuestsOwn()
    {
        Assert.True(Run(0x0f, 0x20, 0xd8));
        Assert.Equal(guest.Vcpu.KernelRoot, Registers.Rax);
        Assert.True(Run(0x0f, 0x20, 0xc0));
        Assert.Equal(Processors.HostCr0 & ~8ul, Registers.Rax & ~8ul);
        Registers.Rax = 0xdead_0000;
        Assert.False(Run(0x0f, 0x22, 0xd8));
        Assert.True(Run(0x0f, 0x06));
        Assert.False(guest.Vcpu.TaskSwitched);
    }

    [Fact]
    public void AnAddressSpaceOfManyTablesIsTakenInParts()
    {
        // A root, a table below it, and eight below that, none of which has been a table before.
        const int root = 30, below = 31, first = 32, count = 8;
        TinyGuest.Store(TinyGuest.AddressOf(root), TinyGuest.Entry(guest.Frames[below], writable: true));
        for (int index = 0; index < count; index++)
            TinyGuest.Store(TinyGuest.AddressOf(below) + (ulong)index * 8, TinyGuest.Entry(guest.Frames[first + index], writable: true));
        for (int frame = root; frame < first + count; frame++)
        {
            ulong readOnly = TinyGuest.Entry(guest.Frames[frame], writable: false);
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(frame), readOnly, 2));
        }
        long budget = Preemption.Budget;
        Preemption.Budget = 1;
        Registers.Rax = guest.Frames[root].Address;
        int turns = 0;
        while (!Run(0x0f, 0x22, 0xd8))
        {
            Assert.Equal(code, Registers.Rip);
            Assert.InRange(++turns, 1, 10_000);
        }
        Preemption.Budget = budget;
        Assert.True(turns > 0);
        Assert.Equal(guest.Frames[root].Address, guest.Vcpu.KernelRoot);
    }

    [Fact]
    public void SegmentBasesByInstructionAreGrantedWhereTheProcessorHasThem()
    {
        foreach (bool has in new[] { true, false })
        {
            SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
            SimulatedProcessor.Cpuid[(7, 0)] = (0, has ? 1u : 0, 0, 0);
            GuestCpuid.Initialise();
            Registers.Rax = 0x1_0660;
            Assert.True(Run(0x0f, 0x22, 0xe0));
            Assert.True(Run(0x0f, 0x20, 0xe0));
            Assert.Equal(has, (Registers.Rax & 1 << 16) != 0);
            Assert.Equal(has, (TestMachine.Processor.Cr4 & 1 << 16) != 0);
        }
    }

    [Fact]
    public void AKernelCountsAsRingZeroWhereItAsksForThat()
    {
        Assert.False(Run(0xfa));
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, 0, (ulong)VmAssistType.ArchitecturalIopl));
        Assert.True(Run(0xfa));
        Assert.True(Run(0xec));
        guest.Vcpu.UserRoot = guest.Vcpu.KernelRoot;
        GuestMode.TryEnterUser(ref guest.Vcpu);
        Assert.False(Run(0xfa));
    }

    /// <summary>Privileged instructions, ports, those that are known at a glance and those that are not, and the forced CPUID.</summary>
    [Theory]
    [InlineData("0f06", 2)]
    [InlineData("0f31", 2)]
    [InlineData("0f32", 2)]
    [InlineData("0f20d8", 3)]
    [InlineData("fa", 1)]
    [InlineData("ec", 1)]
    [InlineData("e440", 2)]
    [InlineData("6c", 1)]
    [InlineData("f36c", 0)]
    [InlineData("f3676c", 3)]
    [InlineData("0f0b78656e0fa2", 7)]
    public void WhoStepsThroughAProgramStopsBehindWhatIsDoneForIt(string text, int length)
    {
        const ulong stepped = 0xffff_8800_0001_5550, wide = 1ul << 32;
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, 0, (ulong)VmAssistType.ArchitecturalIopl));
        guest.Vcpu.Traps.Addresses[1] = stepped;
        byte[] bytes = Convert.FromHexString(text);
        bool isForced = bytes is [0x0f, 0x0b, ..];
        for (int index = 0; index < bytes.Length; index++)
            TinyGuest.Store(code + (ulong)index, bytes[index]);
        foreach (ulong flags in new[] { Flags.Interrupt | Flags.Resume, Flags.Interrupt | Flags.Resume | Flags.Trap })
        {
            (Registers.Rip, Registers.Rflags, Registers.Rsp) = (code, flags, TinyGuest.AddressOf(24));
            // More than one element of INS with a count of 64 bits, none with one of 32.
            (Registers.Rax, Registers.Rcx) = (0x4000_0000, text == "0f32" ? Segments.FsBase : wide);
            (Registers.Rdx, Registers.Rdi) = (0x3f8, TinyGuest.AddressOf(22));
            guest.Vcpu.DebugRegisters[6] = 0;
            if (isForced)
                WayIn.Exception(ref guest.Vcpu, Exceptions.InvalidOpcode, 0);
            else
                WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection, 0);
            ulong behind = code + (ulong)length;
            if ((flags & Flags.Trap) == 0)
            {
                Assert.Equal((behind, Flags.Interrupt, 0ul), (Registers.Rip, Registers.Rflags, guest.Vcpu.DebugRegisters[6]));
                continue;
            }

            (ulong rip, ulong saved) = (TinyGuest.Load<ulong>(Registers.Rsp + 16), TinyGuest.Load<ulong>(Registers.Rsp + 32));
            saved &= Flags.Trap | Flags.Resume;
            Assert.Equal((stepped, behind, Flags.Trap, 1ul << 14), (Registers.Rip, rip, saved, guest.Vcpu.DebugRegisters[6]));
        }
    }

    /// <summary>`int n` is done once it is bounced: RF, which the fault has set, is not for what its handler returns to.</summary>
    [Fact]
    public void ASoftwareInterruptLeavesNoResumeFlag()
    {
        const ulong handler = 0xffff_8800_0001_7770;
        guest.Vcpu.Traps.Addresses[0x20] = handler;
        guest.Vcpu.Traps.Flags[0x20] = 3;
        TinyGuest.Store(code, (ushort)0x20cd);
        Registers.Rip = code;
        Registers.Rflags = Flags.Interrupt | Flags.Resume | Flags.Trap;
        WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection, 0x20 << 3 | 2);
        (ulong rip, ulong saved) = (TinyGuest.Load<ulong>(Registers.Rsp + 16), TinyGuest.Load<ulong>(Registers.Rsp + 32));
        Assert.Equal((handler, code + 2, Flags.Trap), (Registers.Rip, rip, saved & (Flags.Trap | Flags.Resume)));
    }

    [Fact]
    public void AnApplicationGetsItsFault()
    {
        guest.Vcpu.UserRoot = guest.Vcpu.KernelRoot;
        GuestMode.TryEnterUser(ref guest.Vcpu);
        Registers.Rcx = Segments.FsBase;
        Assert.False(Run(0x0f, 0x32));
        Assert.Equal((Handler, true), (Registers.Rip, guest.Vcpu.IsKernel));
    }

    [Fact]
    public void NoBytesTroubleTheHypervisor()
    {
        var random = new Random(4);
        byte[] starts = [0x0f, 0x66, 0xf3, 0xf2, 0x48, 0x6c, 0x6e, 0xe4, 0xee, 0xcd, 0x2e, 0x67];
        Span<byte> bytes = stackalloc byte[15];
        for (int turn = 0; turn < 20_000 && guest.IsAlive; turn++)
        {
            random.NextBytes(bytes);
            bytes[0] = starts[random.Next(starts.Length)];
            if (random.Next(2) == 0)
                bytes[1] = (byte)(0x20 + random.Next(20));
            for (int index = 0; index < 8; index++)
            {
                ulong edge = ulong.MaxValue - (ulong)random.Next(64), number = (ulong)random.NextInt64();
                Registers.ByNumber(index == 4 ? 0 : index) = random.Next(4) == 0 ? edge : number;
            }
            ulong at = random.Next(8) == 0 ? TinyGuest.AddressOf(21) - (ulong)random.Next(15) : code;
            foreach (byte one in bytes)
                TinyGuest.Store(at++, one);
            (Registers.Rip, Registers.Rsp) = (at - 15, TinyGuest.AddressOf(24));
            uint error = random.Next(4) == 0 ? (uint)random.Next(0x1000) : 0;
            WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection, error);
            guest.Vcpu.KernelMode = 1;
        }
        Assert.True(guest.IsAlive);
    }
}
