using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>State that a guest gives for a virtual CPU and that ring 0 has to load: floating point, selectors, stacks.</summary>
public sealed class HostileStateTests
{
    private readonly TinyGuest guest;

    public HostileStateTests()
    {
        TestMachine.Start();
        guest = new TinyGuest("one", vcpus: 2);
        guest.Enter();
    }

    private long Initialise(VcpuGuestContext context)
    {
        ulong place = TinyGuest.AddressOf(12);
        TinyGuest.Store(place, context);
        return guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.Initialise, 1, place);
    }

    private VcpuGuestContext Good()
    {
        var context = new VcpuGuestContext();
        context.ControlRegisters.Cr3 = guest.Vcpu.KernelRoot;
        context.KernelSp = TinyGuest.AddressOf(20);
        context.Flags = VcpuContextFlags.I387Valid | VcpuContextFlags.InKernel;
        return context;
    }

    /// <summary>A virtual CPU whose image the processor refuses begins as after reset; nothing of the one before is left.</summary>
    [Fact]
    public void AFloatingPointImageThatIsRefusedBecomesTheResetOne()
    {
        Assert.Equal(0, Initialise(Good()));
        System.Array.Fill(SimulatedProcessor.FloatingPointState, (byte)0xaa);
        SimulatedProcessor.RefusesFloatingPoint = true;
        ContextSwitch.To(ref TestMachine.Processor, ref guest.Domain.Vcpu(1));
        Assert.DoesNotContain((byte)0xaa, SimulatedProcessor.FloatingPointState);
        Assert.Equal(0x7f, SimulatedProcessor.FloatingPointState[0]);
    }

    [Theory]
    [InlineData(0xffff_8300_0000_0040ul)]
    [InlineData(0xffff_8000_0000_0010ul)]
    [InlineData(0xffff_8800_0000_0000ul)]
    [InlineData(0xffff_8800_0000_0020ul)]
    public void AKernelStackThatReachesIntoTheHypervisorIsRefused(ulong stack)
    {
        VcpuGuestContext context = Good();
        context.KernelSp = stack;
        Assert.Equal(-(long)Errno.Inval, Initialise(context));
        Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.StackSwitch, FlatSelectors.KernelStack, stack));
    }

    [Theory]
    [InlineData(0x8000_0000_0000ul)]
    [InlineData(0xffff_7fff_ffff_fff0ul)]
    [InlineData(0x0123_4567_89ab_cdeful)]
    public void AddressesThatRing0LoadsAreCanonical(ulong address)
    {
        for (int which = 0; which < 6; which++)
        {
            VcpuGuestContext context = Good();
            switch (which)
            {
                case 0: context.EventCallback = address; break;
                case 1: context.FailsafeCallback = address; break;
                case 2: context.SyscallCallback = address; break;
                case 3: context.FsBase = address; break;
                case 4: context.GsBaseKernel = address; break;
                default: context.GsBaseUser = address; break;
            }

            Assert.Equal(-(long)Errno.Inval, Initialise(context));
        }

        VcpuGuestContext handlers = Good();
        handlers.TrapTable[13].Address = address;
        Assert.Equal(0, Initialise(handlers));
        Assert.Equal(0ul, guest.Domain.Vcpu(1).Traps.Addresses[13]);
    }

    /// <summary>Whatever the flags and selectors say, what is loaded has ring 3, interrupts on, no virtual 8086 and no I/O level.</summary>
    [Fact]
    public void FlagsAndSelectorsAreThoseOfRing3()
    {
        VcpuGuestContext context = Good();
        context.UserRegs.Rflags = ulong.MaxValue;
        context.UserRegs.Cs = 0xe008;
        context.UserRegs.Ss = 0xe010;
        Assert.Equal(0, Initialise(context));
        ref Registers registers = ref guest.Domain.Vcpu(1).Registers;
        const ulong level = 0x3000, virtual8086 = 1 << 17, interrupt = 0x200;
        Assert.Equal(interrupt, registers.Rflags & (level | virtual8086 | interrupt));
        Assert.Equal((3ul, 3ul), (registers.Cs & 3, registers.Ss & 3));
    }
}
