using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>Frames on the guest kernel's stack, word by word, and the return from them.</summary>
public sealed partial class BounceTests
{
    private delegate void Way(ref VirtualCpu vcpu);

    private static readonly Way deliverEvent = Entry.DeliverEvent;

    private const ulong Handler = 0xffff_8800_0001_2340, UserCode = 0x40_1000, UserStack = 0x7fff_1238;
    private const ulong Rcx = 0x1111_2222, R11 = 0x3333_4444;
    private static readonly ulong kernelStack = TinyGuest.AddressOf(24);

    private readonly TinyGuest guest;

    public BounceTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one");
        guest.Enter();
        guest.Info.EventUpcallMask = 0;
        Assert.Equal(0, guest.Call(Hypercall.StackSwitch, FlatSelectors.KernelStack, kernelStack));
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rcx, registers.R11) = (Rcx, R11);
        (registers.Rip, registers.Rsp) = (TinyGuest.AddressOf(20) + 6, TinyGuest.AddressOf(23) + 0x128);
        (registers.Cs, registers.Ss, registers.Rflags) = (FlatSelectors.KernelCode, FlatSelectors.KernelStack, 0x3_1347 | 0x200);
        TestMachine.Processor.Work = ProcessorWork.None;
    }

    private void BecomeUser()
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        vcpu.UserRoot = vcpu.KernelRoot;
        Assert.True(GuestMode.TryEnterUser(ref vcpu));
        (vcpu.Registers.Rip, vcpu.Registers.Rsp, vcpu.Registers.Rflags) = (UserCode, UserStack, 0x246);
        (vcpu.Registers.Cs, vcpu.Registers.Ss) = (FlatSelectors.UserCode, FlatSelectors.UserStack);
        Journal.Clear();
    }

    private void SetHandler(uint vector, bool masks)
    {
        guest.Vcpu.Traps.Addresses[(int)vector] = Handler;
        guest.Vcpu.Traps.Flags[(int)vector] = masks ? (byte)TrapInfoFlags.MaskEvents : (byte)0;
    }

    private ulong[] Frame(int words)
    {
        var frame = new ulong[words];
        for (int index = 0; index < words; index++)
            frame[index] = TinyGuest.Load<ulong>(guest.Vcpu.Registers.Rsp + (ulong)index * 8);
        return frame;
    }

    private void CheckEntered(ulong stack)
    {
        ref Registers registers = ref guest.Vcpu.Registers;
        Assert.Equal((Handler, stack), (registers.Rip, registers.Rsp));
        Assert.Equal((FlatSelectors.KernelCode, FlatSelectors.KernelStack), (registers.Cs, registers.Ss));
        Assert.Equal(Flags.Interrupt, registers.Rflags & (Flags.Interrupt | Flags.Trap | Flags.NestedTask | Flags.Resume | Flags.PrivilegeMask));
        Assert.True(guest.Vcpu.IsKernel);
    }

    [Fact]
    public void AnExceptionOfTheKernelWithAnErrorCode()
    {
        SetHandler(13, masks: false);
        Registers before = guest.Vcpu.Registers;
        Exceptions.Deliver(ref guest.Vcpu, 13, 0x18);
        ulong stack = (before.Rsp & ~15ul) - 64;
        CheckEntered(stack);
        Assert.Equal(
            [Rcx, R11, 0x18, before.Rip, FlatSelectors.KernelCode & ~3ul, before.Rflags & ~Flags.PrivilegeMask, before.Rsp, before.Ss],
            Frame(8));
        Assert.Equal(0, guest.Info.EventUpcallMask);
    }

    [Fact]
    public void AnExceptionWithoutAnErrorCodeThatMasksEvents()
    {
        SetHandler(6, masks: true);
        guest.Info.EventUpcallMask = 1;
        Registers before = guest.Vcpu.Registers;
        Exceptions.Deliver(ref guest.Vcpu, 6, 0x18);
        CheckEntered((before.Rsp & ~15ul) - 56);
        ulong flags = before.Rflags & ~(Flags.PrivilegeMask | Flags.Interrupt);
        Assert.Equal([Rcx, R11, before.Rip, (FlatSelectors.KernelCode & ~3ul) | 1ul << 32, flags, before.Rsp, before.Ss], Frame(7));
        Assert.Equal(1, guest.Info.EventUpcallMask);
    }

    [Fact]
    public void AnExceptionOfAnApplication()
    {
        SetHandler(14, masks: true);
        BecomeUser();
        PageFault.Handle(ref guest.Vcpu, 0xdead_b000, 6);
        CheckEntered(kernelStack - 64);
        Assert.Equal([Rcx, R11, 6, UserCode, FlatSelectors.UserCode, 0x246, UserStack, FlatSelectors.UserStack], Frame(8));
        Assert.Equal((0xdead_b000ul, 1), (guest.Info.Arch.Cr2, guest.Info.EventUpcallMask));
        Assert.Equal((1, guest.Vcpu.KernelRoot), (Journal.Count(Act.SwapGs), Tlb.Root));
    }

    [Fact]
    public void AKernelsPageFaultIsNotAUsers()
    {
        SetHandler(14, masks: false);
        PageFault.Handle(ref guest.Vcpu, 0xdead_b000, 6);
        Assert.Equal(2ul, Frame(8)[2]);
    }

    [Fact]
    public void AnEventMasksEvents()
    {
        Assert.Equal(0, guest.Ask(Hypercall.CallbackOp, (ulong)CallbackCommand.Register,
            new CallbackRegister { Type = CallbackType.Event, Address = Handler }).Result);
        Registers before = guest.Vcpu.Registers;
        deliverEvent(ref guest.Vcpu);
        CheckEntered((before.Rsp & ~15ul) - 56);
        ulong[] frame = Frame(7);
        Assert.Equal((before.Rip, 0ul, Flags.Interrupt), (frame[2], frame[3] >> 32, frame[4] & Flags.Interrupt));
        Assert.Equal(1, guest.Info.EventUpcallMask);
    }

    [Fact]
    public void ASystemCallOfAnApplication()
    {
        guest.Ask(Hypercall.CallbackOp, (ulong)CallbackCommand.Register,
            new CallbackRegister { Type = CallbackType.Syscall, Flags = CallbackFlags.MaskEvents, Address = Handler });
        (guest.Vcpu.Registers.Rcx, guest.Vcpu.Registers.R11) = (Rcx, R11);
        BecomeUser();
        guest.Vcpu.Registers.Rflags |= Flags.Direction;
        guest.Vcpu.Registers.Vector = 0x100;
        WayIn.UserSyscall(ref guest.Vcpu);
        CheckEntered(kernelStack - 56);
        Assert.Equal([Rcx, R11, UserCode, FlatSelectors.UserCode, 0x246 | Flags.Direction, UserStack, FlatSelectors.UserStack], Frame(7));
        Assert.Equal((1, 0ul), (guest.Info.EventUpcallMask, guest.Vcpu.Registers.Rflags & Flags.Direction));
    }

    private long RegisterSysenter(CallbackFlags flags)
        => guest.Ask(Hypercall.CallbackOp, (ulong)CallbackCommand.Register,
            new CallbackRegister { Type = CallbackType.Sysenter, Flags = flags, Address = Handler }).Result;

    /// <summary>What come_by_sysenter of Entry.inc saves: neither RIP nor RSP, and the selector that says only that it was ring 3.</summary>
    private void Sysenter(ulong flags)
    {
        BecomeUser();
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rip, registers.Cs, registers.Rsp, registers.Ss) = (0, 3, 0, FlatSelectors.Ring3Stack64);
        (registers.Rcx, registers.R11, registers.Rflags, registers.Vector) = (Rcx, R11, flags | Flags.Interrupt, 0x102);
        WayIn.Sysenter(ref guest.Vcpu);
    }

    [Fact]
    public void ASysenterWhereTheProcessorHasIt()
    {
        ProcessorSetup.HasSysenter = true;
        Assert.Equal(0, RegisterSysenter(CallbackFlags.MaskEvents));
        Sysenter(0x46 | Flags.Trap | Flags.NestedTask | Flags.AlignmentCheck);
        CheckEntered(kernelStack - 56);
        ulong flags = 0x46 | Flags.Trap | Flags.NestedTask | Flags.AlignmentCheck | Flags.Interrupt;
        Assert.Equal([Rcx, R11, 0, 3, flags, 0, FlatSelectors.Ring3Stack64], Frame(7));
        Assert.Equal(1, guest.Info.EventUpcallMask);
        guest.Info.EventUpcallMask = 0;
        Assert.Equal(0, RegisterSysenter(CallbackFlags.None));
        Sysenter(0x46);
        Assert.Equal(0, guest.Info.EventUpcallMask);
    }

    [Fact]
    public void ASysenterCallbackIsRefusedWhereNobodyWouldEnterIt()
    {
        ProcessorSetup.HasSysenter = false;
        Assert.Equal(-(long)Errno.NoSys, RegisterSysenter(CallbackFlags.MaskEvents));
        Assert.Equal(0ul, guest.Vcpu.Callbacks.Sysenter);
    }

    [Fact]
    public void ASysenterWithoutACallbackIsAProtectionFaultOfNowhere()
    {
        SetHandler(13, masks: false);
        Sysenter(0x46);
        CheckEntered(kernelStack - 64);
        Assert.Equal([Rcx, R11, 0, 0, 3, 0x46 | Flags.Interrupt, 0, FlatSelectors.Ring3Stack64], Frame(8));
    }

    [Fact]
    public void ASystemCallWithoutACallbackIsAnInvalidOpcodeAtItself()
    {
        SetHandler(6, masks: false);
        BecomeUser();
        guest.Vcpu.Registers.Vector = 0x100;
        WayIn.UserSyscall(ref guest.Vcpu);
        Assert.Equal(UserCode - 2, Frame(7)[2]);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    public void ASystemCallAtTheEndOfTheAddressSpaceIsNoOverflow(ulong rip)
    {
        SetHandler(6, masks: false);
        SetHandler(13, masks: false);
        BecomeUser();
        (guest.Vcpu.Registers.Vector, guest.Vcpu.Registers.Rip) = (0x100, rip);
        WayIn.UserSyscall(ref guest.Vcpu);
        Assert.Equal(unchecked(rip - 2), Frame(7)[2]);
        BecomeUser();
        guest.Vcpu.Registers.Rip = rip;
        Assert.True(Exceptions.TrySoftwareInterrupt(ref guest.Vcpu, 0x80, unchecked(rip - 2), rip));
        Assert.True(guest.IsAlive);
    }

    [Fact]
    public void AStackThatTakesNoFrameIsTheEndOfTheGuestOnly()
    {
        SetHandler(6, masks: false);
        guest.Vcpu.Registers.Rsp = 0x1000;
        Exceptions.Deliver(ref guest.Vcpu, 6, 0);
        Assert.False(guest.IsAlive);
    }

    [Fact]
    public void AnExceptionWithoutAHandlerIsTheEndOfTheGuestOnly()
    {
        Exceptions.Deliver(ref guest.Vcpu, 0, 0);
        Assert.False(guest.IsAlive);
        Assert.Contains("one, vCPU 0 dies", Serai.Machine.Serial.Output);
    }

    [Theory]
    [InlineData(Layout.Start + 16)]
    [InlineData(Layout.Start + 4096)]
    [InlineData(Layout.End)]
    public void AKernelStackInTheHypervisorsRangeIsRefused(ulong stack)
        => Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.StackSwitch, FlatSelectors.KernelStack, stack));

    [Fact]
    public void IretBringsBackWhatABounceSaved()
    {
        SetHandler(14, masks: true);
        BecomeUser();
        PageFault.Handle(ref guest.Vcpu, 0xdead_b000, 6);
        ulong[] frame = Frame(8);
        Iret(new IretContext
        {
            Rax = 7, R11 = frame[1], Rcx = frame[0], Rip = frame[3], Cs = frame[4], Rflags = frame[5], Rsp = frame[6], Ss = frame[7],
        });
        ref Registers registers = ref guest.Vcpu.Registers;
        Assert.Equal((UserCode, UserStack, Rcx, R11, 7ul), (registers.Rip, registers.Rsp, registers.Rcx, registers.R11, registers.Rax));
        Assert.Equal((FlatSelectors.UserCode, FlatSelectors.UserStack, 0x246ul), (registers.Cs, registers.Ss, registers.Rflags));
        Assert.Equal((false, 0, 2), (guest.Vcpu.IsKernel, guest.Info.EventUpcallMask, Journal.Count(Act.SwapGs)));
    }

    private void Iret(IretContext context)
    {
        ulong place = TinyGuest.AddressOf(25);
        TinyGuest.Store(place, context);
        guest.Vcpu.Registers.Rsp = place;
        guest.Call(Hypercall.Iret);
    }

    [Fact]
    public void IretToTheKernelNeverGetsItsRing()
    {
        Iret(new IretContext { Rip = Handler, Cs = 0xe030, Rflags = 0x3_3000, Rsp = UserStack, Ss = 0 });
        ref Registers registers = ref guest.Vcpu.Registers;
        Assert.Equal((3ul, 3ul), (registers.Cs & 3, registers.Ss & 3));
        Assert.Equal(Flags.Interrupt, registers.Rflags & (Flags.PrivilegeMask | Flags.Virtual8086 | Flags.Interrupt));
        Assert.Equal((true, 1), (guest.Vcpu.IsKernel, guest.Info.EventUpcallMask));
    }

    [Fact]
    public void IretWithoutATableForApplicationsIsTheEnd()
    {
        Iret(new IretContext { Rip = UserCode, Cs = 0xe033 });
        Assert.False(guest.IsAlive);
    }

    [Fact]
    public void IretFromAStackThatCannotBeReadIsTheEnd()
    {
        guest.Vcpu.Registers.Rsp = Layout.Start;
        guest.Call(Hypercall.Iret);
        Assert.False(guest.IsAlive);
    }

    /// <summary>A gate of ring 0 is nobody's, one of rings 1 and 2 the kernel's; who may not use it gets the general protection fault.</summary>
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(3, true, true)]
    public void GatesAreForTheRingsTheyName(byte ring, bool forKernel, bool forApplications)
    {
        SetHandler(13, masks: false);
        const uint vector = 0x60;
        (guest.Vcpu.Traps.Addresses[(int)vector], guest.Vcpu.Traps.Flags[(int)vector]) = (Handler + 0x100, ring);
        Assert.True(Exceptions.TrySoftwareInterrupt(ref guest.Vcpu, vector, UserCode, UserCode + 2));
        Assert.Equal(forKernel ? Handler + 0x100 : Handler, guest.Vcpu.Registers.Rip);
        BecomeUser();
        Assert.True(Exceptions.TrySoftwareInterrupt(ref guest.Vcpu, vector, UserCode, UserCode + 2));
        Assert.Equal(forApplications ? Handler + 0x100 : Handler, guest.Vcpu.Registers.Rip);
    }

    [Theory]
    [InlineData(0x0000_8000_0000_0000ul)]
    [InlineData(0x8000_0000_0000_0000ul)]
    [InlineData(0xffff_7fff_ffff_fffful)]
    public void HandlersAndCallbacksAreCanonical(ulong address)
    {
        ulong place = TinyGuest.AddressOf(12);
        TinyGuest.Store(place, new TrapInfo { Vector = 3, Address = address });
        Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.SetTrapTable, place));
        Assert.Equal(0ul, guest.Vcpu.Traps.Addresses[3]);
        foreach (CallbackType type in (CallbackType[])[CallbackType.Event, CallbackType.Failsafe, CallbackType.Syscall, CallbackType.Nmi])
        {
            TinyGuest.Store(place, new CallbackRegister { Type = type, Address = address });
            Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.CallbackOp, (ulong)CallbackCommand.Register, place));
        }
        Assert.Equal((0ul, 0ul), (guest.Vcpu.Callbacks.Event, guest.Vcpu.SyscallCallback));
    }
}
