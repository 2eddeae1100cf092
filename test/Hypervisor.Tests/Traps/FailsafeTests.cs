using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>Data selectors that do not load when a virtual CPU is: they become null, and its kernel is told by its failsafe callback.</summary>
public sealed class FailsafeTests
{
    private const ulong Handler = 0xffff_8800_0001_2340, Rcx = 0x1111_2222, R11 = 0x3333_4444;
    private const ushort Gone = 0x1b, Good = 0x2b;

    private readonly TinyGuest guest, other;

    public FailsafeTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        other = new TinyGuest("two");
        guest.Info.EventUpcallMask = other.Info.EventUpcallMask = 1;
        Scheduler.Pause(ref other.Vcpu, PauseReasons.Blocked);
        Enter(guest);
        SimulatedProcessor.Selectors = new SegmentState { Ds = Good, Es = Gone, Fs = Gone, Gs = 0 };
        (guest.Vcpu.Registers.Rcx, guest.Vcpu.Registers.R11) = (Rcx, R11);
        guest.Vcpu.Registers.Rflags = 0x46 | Flags.Interrupt | Flags.Trap | Flags.AlignmentCheck;
    }

    private long Register(CallbackFlags flags)
        => guest.Ask(Hypercall.CallbackOp, (ulong)CallbackCommand.Register,
            new CallbackRegister { Type = CallbackType.Failsafe, Flags = flags, Address = Handler }).Result;

    private static void Enter(TinyGuest wanted)
    {
        TestMachine.Processor.Work = ProcessorWork.Schedule;
        Assert.True(Link<VirtualCpu>.To(ref Work.Run(ref TestMachine.Processor)).Same(ref wanted.Vcpu));
    }

    /// <summary>Another has a turn, while the descriptor of a selector goes.</summary>
    private void LoseTurn()
    {
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        Scheduler.Unblock(ref other.Vcpu);
        Enter(other);
        Scheduler.Pause(ref other.Vcpu, PauseReasons.Blocked);
        Segments.Refused = Gone;
        Scheduler.Unblock(ref guest.Vcpu);
    }

    private ulong[] Frame()
    {
        var frame = new ulong[11];
        for (int index = 0; index < frame.Length; index++)
            frame[index] = TinyGuest.Load<ulong>(guest.Vcpu.Registers.Rsp + (ulong)index * 8);
        return frame;
    }

    [Theory]
    [InlineData(CallbackFlags.MaskEvents, 1)]
    [InlineData(CallbackFlags.None, 0)]
    public void TheKernelIsToldWhatTheyWere(CallbackFlags flags, byte maskAfter)
    {
        Assert.Equal(0, Register(flags));
        guest.Info.EventUpcallMask = 0;
        Registers before = guest.Vcpu.Registers;
        LoseTurn();
        Enter(guest);
        ref Registers after = ref guest.Vcpu.Registers;
        Assert.Equal((Handler, (before.Rsp & ~15ul) - 88), (after.Rip, after.Rsp));
        Assert.Equal(
            [Rcx, R11, Good, Gone, Gone, 0, before.Rip, FlatSelectors.KernelCode & ~3ul, before.Rflags, before.Rsp, before.Ss], Frame());
        Assert.Equal((0x46 | Flags.Interrupt, maskAfter), (after.Rflags, guest.Info.EventUpcallMask));
        ref readonly SegmentState live = ref SimulatedProcessor.Selectors;
        Assert.Equal((Good, (ushort)0, (ushort)0), (live.Ds, live.Es, live.Fs));
        Assert.True(guest.Vcpu.IsKernel);
    }

    [Fact]
    public void AnApplicationIsLeftForItsKernel()
    {
        Register(CallbackFlags.MaskEvents);
        ref VirtualCpu vcpu = ref guest.Vcpu;
        vcpu.UserRoot = vcpu.KernelRoot;
        Assert.True(GuestMode.TryEnterUser(ref vcpu));
        (vcpu.Registers.Rip, vcpu.Registers.Rsp, vcpu.Registers.Cs) = (0x40_1000, 0x7fff_1238, FlatSelectors.UserCode);
        LoseTurn();
        Enter(guest);
        Assert.Equal((Handler, vcpu.KernelStack - 88, true), (vcpu.Registers.Rip, vcpu.Registers.Rsp, vcpu.IsKernel));
        Assert.Equal((0x40_1000ul, FlatSelectors.UserCode | 1ul << 32, 0x7fff_1238ul), (Frame()[6], Frame()[7], Frame()[9]));
    }

    [Fact]
    public void ItIsToldOnceAndWhatItWasIsNotForgottenMeanwhile()
    {
        Register(CallbackFlags.MaskEvents);
        LoseTurn();
        ulong before = guest.Vcpu.Registers.Rip;
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        Assert.True(guest.Vcpu.HasLostSelectors);
        LoseTurn();
        Enter(guest);
        Assert.Equal((Handler, (ulong)Gone, before), (guest.Vcpu.Registers.Rip, Frame()[3], Frame()[6]));
        guest.Vcpu.Registers.Rip = before;
        LoseTurn();
        Enter(guest);
        Assert.Equal(before, guest.Vcpu.Registers.Rip);
    }

    [Fact]
    public void WithoutACallbackTheyAreNullAndNothingElse()
    {
        Registers before = guest.Vcpu.Registers;
        LoseTurn();
        Enter(guest);
        Assert.Equal((before.Rip, before.Rsp, (ushort)0), (guest.Vcpu.Registers.Rip, guest.Vcpu.Registers.Rsp, SimulatedProcessor.Selectors.Es));
    }

    [Fact]
    public void AStackThatTakesNoFrameIsTheDomainsEnd()
    {
        Register(CallbackFlags.MaskEvents);
        guest.Vcpu.Registers.Rsp = 0xffff_8300_0000_1000;
        LoseTurn();
        Scheduler.Unblock(ref other.Vcpu);
        Enter(other);
        Assert.NotEqual(DomainStage.Alive, guest.Domain.Stage);
    }
}
