using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <content>What runs without the lock.</content>
public sealed partial class BounceTests
{
    /// <summary>Whatever looks at what is shared meanwhile is refused (HypervisorLock.DemandInTests).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void APageFaultOfAnApplicationTakesNoLock(bool masks)
    {
        SetHandler(14, masks);
        BecomeUser();
        uint clock = Tlb.Clock;
        Assert.False(WayIn.PageFault(ref guest.Vcpu, 0xdead_b000, 3));
        CheckEntered(kernelStack - 64);
        Assert.Equal([Rcx, R11, 7, UserCode, FlatSelectors.UserCode, 0x246, UserStack, FlatSelectors.UserStack], Frame(8));
        Assert.Equal((0xdead_b000ul, masks ? 1 : 0), (guest.Info.Arch.Cr2, guest.Info.EventUpcallMask));
        Assert.Equal((1, guest.Vcpu.KernelRoot), (Journal.Count(Act.SwapGs), Tlb.Root));
        Assert.Equal((clock, true, false), (Tlb.Clock, Tlb.MayRemember(0, clock), Tlb.MayRemember(0, clock - 1)));
    }

    [Fact]
    public void APageFaultOfTheKernelTakesTheLockWhereItMayBeAWriteToATable()
    {
        SetHandler(14, masks: false);
        Assert.False(WayIn.PageFault(ref guest.Vcpu, 0xdead_b000, 6));
        Assert.Equal(2ul, Frame(8)[2]);
        Assert.True(WayIn.PageFault(ref guest.Vcpu, 0xdead_b000, 7));
        Assert.Equal(3ul, Frame(8)[2]);
    }

    /// <summary>Behind what is done for who steps comes a second exception, which may be its end.</summary>
    [Theory]
    [InlineData(6u)]
    [InlineData(13u)]
    public void WhoStepsTakesTheLock(uint vector)
    {
        SetHandler(vector, masks: false);
        guest.Vcpu.Registers.Rflags |= Flags.Trap;
        Assert.True(WayIn.Exception(ref guest.Vcpu, vector, 0));
    }

    [Theory]
    [InlineData(0u, false)]
    [InlineData(1u, false)]
    [InlineData(3u, true)]
    [InlineData(6u, true)]
    [InlineData(7u, true)]
    [InlineData(13u, false)]
    [InlineData(17u, true)]
    [InlineData(0x80u, false)]
    public void AnExceptionTakesNoLock(uint vector, bool masks)
    {
        const byte nothing = 0x90;
        SetHandler(vector, masks);
        guest.Vcpu.Traps.Flags[(int)vector] |= 3;
        TinyGuest.Store(guest.Vcpu.Registers.Rip, nothing);
        foreach (bool isKernel in (bool[])[true, false])
        {
            if (!isKernel)
                BecomeUser();
            guest.Vcpu.TaskSwitched = vector == 7;
            guest.Info.EventUpcallMask = 0;
            guest.Vcpu.Registers.Rflags &= ~Flags.Trap;
            ulong stack = isKernel ? guest.Vcpu.Registers.Rsp & ~15ul : kernelStack, rip = guest.Vcpu.Registers.Rip;
            bool hasCode = vector is 13 or 17;
            Assert.False(WayIn.Exception(ref guest.Vcpu, vector, 0x18));
            CheckEntered(stack - (hasCode ? 64ul : 56ul));
            Assert.Equal((rip, masks ? 1 : 0, false), (Frame(8)[hasCode ? 3 : 2], guest.Info.EventUpcallMask, guest.Vcpu.TaskSwitched));
        }
    }

    /// <summary>Nothing has changed where it takes more, and who has the lock does all of it.</summary>
    [Theory]
    [InlineData("no handler")]
    [InlineData("no stack")]
    [InlineData("descriptor")]
    [InlineData("work")]
    [InlineData("trace")]
    public void WhatTakesMoreThanThatHasChangedNothingWithoutTheLock(string why)
    {
        SetHandler(14, masks: true);
        SetHandler(13, masks: true);
        if (why == "no handler")
            guest.Vcpu.Traps.Addresses[14] = 0;
        if (why == "no stack")
            Assert.Equal(0, guest.Call(Hypercall.StackSwitch, FlatSelectors.KernelStack, 0x12_3000));
        BecomeUser();
        if (why == "work")
            guest.Vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
        if (why == "trace")
            ExitTrace.Press();
        (ulong address, bool isUserFault) = why == "descriptor" ? (guest.Vcpu.Processor.Value.DescriptorWindow, false) : (0xdead_b000, true);
        Registers before = guest.Vcpu.Registers;
        if (why is not ("work" or "trace"))
        {
            HypervisorLock.Release();
            Assert.False(PageFault.TryDeliverAlone(ref guest.Vcpu, address, 6));
            HypervisorLock.Acquire();
            Assert.Equal((false, guest.Vcpu.UserRoot, 0), (guest.Vcpu.IsKernel, Tlb.Root, guest.Info.EventUpcallMask));
            Assert.Equal((before.Rip, before.Rsp, before.Cs, before.Ss, before.Rflags),
                (guest.Vcpu.Registers.Rip, guest.Vcpu.Registers.Rsp, guest.Vcpu.Registers.Cs, guest.Vcpu.Registers.Ss, guest.Vcpu.Registers.Rflags));
            Assert.Equal(0, Journal.Count(Act.SwapGs) % 2);
        }
        Assert.True(WayIn.PageFault(ref guest.Vcpu, address, isUserFault ? 6u : 2u));
        Assert.Equal(why is not ("no handler" or "no stack"), guest.IsAlive);
        Assert.Equal(guest.IsAlive, guest.Vcpu.Registers.Rip != before.Rip || why == "descriptor");
    }

    /// <summary>A kernel whose stack takes no frame: its selector still says that it runs in ring 3.</summary>
    [Fact]
    public void AKernelThatTakesNoFrameIsLeftAsItWas()
    {
        SetHandler(13, masks: true);
        guest.Vcpu.Registers.Rsp = 0x1000;
        Assert.False(Exceptions.TryDeliver(ref guest.Vcpu, 13, 0));
        Assert.Equal((3ul, true, 0), (guest.Vcpu.Registers.Cs & 3, guest.Vcpu.IsKernel, guest.Info.EventUpcallMask));
        Assert.True(WayIn.Exception(ref guest.Vcpu, 13));
        Assert.False(guest.IsAlive);
    }

    private (bool Alone, long Result) TryAlone(uint number, ulong first = 0, ulong second = 0, ulong third = 0)
    {
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rax, registers.Rdi, registers.Rsi, registers.Rdx) = (number, first, second, third);
        return (SystemCall.TryPerformAlone(ref guest.Vcpu, out long result), result);
    }

    [Fact]
    public void CallsThatTouchTheCallerAloneTakeNoLock()
    {
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.StackSwitch, FlatSelectors.KernelStack, TinyGuest.AddressOf(30)));
        Assert.Equal((true, -(long)Errno.Perm), TryAlone((uint)Hypercall.StackSwitch, FlatSelectors.KernelStack, Layout.Start + 4096));
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.SetCallbacks, Handler, Handler + 1, Handler + 2));
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.FpuTaskSwitch, 1));
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.SetDebugRegister, 1, 0x1234));
        Assert.Equal((true, 0x1234L), TryAlone((uint)Hypercall.GetDebugRegister, 1));
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.SetSegmentBase, (ulong)SegmentBase.Fs, 0x5000));
        Assert.Equal((true, 0L), TryAlone((uint)Hypercall.SetSegmentBase, (ulong)SegmentBase.GsUserSelector, 512 << 3));
        Assert.Equal((true, 4L << 16 | 17), TryAlone((uint)Hypercall.XenVersion, (ulong)VersionCommand.Version));
        Assert.Equal((TinyGuest.AddressOf(30), Handler, Handler + 2, true),
            (guest.Vcpu.KernelStack, guest.Vcpu.Callbacks.Event, guest.Vcpu.SyscallCallback, guest.Vcpu.TaskSwitched));
        Assert.Equal(0x5000ul, SimulatedProcessor.Msrs[Segments.FsBase]);
    }

    /// <summary>Entry.S tells calls apart by five bits of their numbers.</summary>
    [Fact]
    public void OtherCallsTakeTheLock()
    {
        for (uint number = 0; number < 128; number++)
        {
            bool isAlone = number < 32 && (Hypercalls.AloneCalls >> (int)number & 1) != 0;
            Assert.Equal(isAlone, TryAlone(number).Alone);
        }
        Assert.False(TryAlone((uint)Hypercall.XenVersion, (ulong)VersionCommand.ExtraVersion, TinyGuest.AddressOf(12)).Alone);
        guest.Vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
        Assert.False(TryAlone((uint)Hypercall.FpuTaskSwitch).Alone);
    }

    [Fact]
    public void AnInterruptThatTakesNoFrameHasNotMoved()
    {
        SetHandler(0x80, masks: false);
        guest.Vcpu.Traps.Flags[0x80] = 3;
        (guest.Vcpu.Registers.Rsp, guest.Vcpu.Registers.Rip) = (0x1000, UserCode);
        Assert.False(Exceptions.TrySoftwareInterrupt(ref guest.Vcpu, 0x80, UserCode - 2, UserCode + 1));
        Assert.Equal(UserCode, guest.Vcpu.Registers.Rip);
    }

    [Fact]
    public void AnEventOnTheWayOutTakesNoLock()
    {
        guest.Vcpu.Callbacks.Event = Handler;
        BecomeUser();
        Assert.True(WayIn.TryDeliverEvent(ref guest.Vcpu));
        CheckEntered(kernelStack - 56);
        Assert.Equal(1, guest.Info.EventUpcallMask);
        guest.Vcpu.Callbacks.Event = 0;
        Assert.False(WayIn.TryDeliverEvent(ref guest.Vcpu));
        guest.Vcpu.Callbacks.Event = Handler;
        guest.Vcpu.Registers.Rsp = 0x1000;
        Assert.False(WayIn.TryDeliverEvent(ref guest.Vcpu));
        Assert.True(guest.IsAlive);
    }

    /// <summary>
    /// Another processor makes a new time while one loads its table without the lock: what is stamped from then on is not taken for forgotten, since
    /// this one may have loaded before.
    /// </summary>
    [Fact]
    public void AFlushWithoutTheLockIsOfTheTimeThatItBeganWith()
    {
        SetHandler(14, masks: true);
        BecomeUser();
        uint stamp = 0;
        Moments.Pass = () =>
        {
            if (stamp == 0)
                Tlb.Advance();
            stamp = Tlb.Clock;
        };
        Assert.False(WayIn.PageFault(ref guest.Vcpu, 0xdead_b000, 6));
        Moments.Pass = null;
        Assert.Equal((true, true, false), (Tlb.MayRemember(0, stamp), Tlb.MayRemember(0, stamp - 1), Tlb.MayRemember(0, stamp - 2)));
    }
}
