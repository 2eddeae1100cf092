using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>NMIs that a guest sends its virtual CPUs, one at a time and through masked events.</summary>
public sealed class NonMaskableTests
{
    private const ulong Handler = 0xffff_8800_0001_2340;

    private readonly TinyGuest guest;

    public NonMaskableTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one", vcpus: 2);
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        guest.Info.EventUpcallMask = 1;
        guest.Vcpu.Traps.Addresses[2] = Handler;
        guest.Vcpu.Traps.Flags[2] = (byte)TrapInfoFlags.MaskEvents;
    }

    private void Send()
    {
        TestMachine.Processor.Work = ProcessorWork.None;
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi));
    }

    /// <summary>What the way back into the guest does; whether it ended in the handler.</summary>
    private bool Enter()
    {
        ulong before = guest.Vcpu.Registers.Rip;
        Assert.True(Link<VirtualCpu>.To(ref Work.Run(ref TestMachine.Processor)).Same(ref guest.Vcpu));
        return before != Handler && guest.Vcpu.Registers.Rip == Handler;
    }

    /// <summary>The handler's return, to the kernel: a selector of ring 3 would mean an application.</summary>
    private void Return()
    {
        var frame = new IretContext
        {
            Rip = TinyGuest.AddressOf(5), Cs = FlatSelectors.KernelCode & ~3u, Ss = FlatSelectors.KernelStack, Rsp = TinyGuest.AddressOf(24),
        };
        guest.Vcpu.Registers.Rsp = TinyGuest.AddressOf(23);
        TinyGuest.Store(guest.Vcpu.Registers.Rsp, frame);
        guest.Call(Hypercall.Iret);
    }

    [Fact]
    public void ItComesThroughTheMask()
    {
        Send();
        Assert.NotEqual(ProcessorWork.None, TestMachine.Processor.Work);
        Assert.True(Enter());
        Assert.Equal(1, guest.Vcpu.SlowReturn);
        Return();
        Assert.Equal(0, guest.Vcpu.SlowReturn);
        Assert.False(Enter());
    }

    [Fact]
    public void OneThatComesMeanwhileWaitsForTheReturnAndSeveralAreOne()
    {
        Send();
        Assert.True(Enter());
        Send();
        Send();
        Assert.False(Enter());
        Return();
        Assert.True(Enter());
        Return();
        Assert.False(Enter());
    }

    [Fact]
    public void WithoutAHandlerItWaitsForOne()
    {
        guest.Vcpu.Traps.Addresses[2] = 0;
        Send();
        Assert.False(Enter());
        (_, _) = guest.Ask(
            Hypercall.CallbackOp, (ulong)CallbackCommand.Register, new CallbackRegister { Type = CallbackType.Nmi, Address = Handler });
        Assert.True(Enter());
        Assert.Equal(1, guest.Info.EventUpcallMask);
    }

    [Fact]
    public void ItWakesWhoSleeps()
    {
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        Assert.False(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        Send();
        Assert.True(Enter());
    }

    /// <summary>The assist is the domain's: whichever virtual CPU asks for it, each iret of each other one tells a level too.</summary>
    [Fact]
    public void AnAssistOfOneIsForTheReturnsOfAll()
    {
        ref VirtualCpu sibling = ref guest.Domain.Vcpu(1);
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.ArchitecturalIopl));
        Assert.Equal((1, 1), (guest.Vcpu.SlowReturn, sibling.SlowReturn));
        sibling.Nmi.IsInService = true;
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Disable, (ulong)VmAssistType.ArchitecturalIopl));
        Assert.Equal((0, 1), (guest.Vcpu.SlowReturn, sibling.SlowReturn));
    }

    [Fact]
    public void OneForWhoIsDownWaitsUntilItIsUp()
    {
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, 1));
        Assert.True(guest.Domain.Vcpu(1).Nmi.IsPending);
        Assert.Equal(-(long)Errno.NoEnt, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, 2));
    }
}
