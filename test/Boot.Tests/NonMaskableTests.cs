using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// NMIs where they hurt: after one the processor takes no other until an iretq, so each step is held to it that the next one comes, and where. The
/// debugger stops the machine between two of its instructions and sends the NMI as a device would, by a message to the local APIC.
/// </summary>
public sealed class NonMaskableTests
{
    private const ulong MessageAddress = 0xfee0_0000, TaskSwitched = 8, Debug = 1, Nmi = 2;
    private const uint NonMaskable = 4 << 8;

    private static readonly string[] _usual = ["syscall_stubs", "trap_on_own_stack", "trap_from_guest", "leave_own_stack"];
    private static readonly string[] _split = ["split_syscall", "split_trap_on_own_stack", "split_trap_from_guest", "split_leave_own_stack"];

    private ulong[] _places = [];

    private ulong SystemCall => _places[0];

    private ulong OwnStack => _places[1];

    private ulong FromGuest => _places[2];

    private ulong Leaving => _places[3];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AfterOneComesAnotherWhereverItWas(bool split)
    {
        using var debugger = new RemoteDebugger("nmi");
        using RunningMachine machine = Start(debugger, "task-switched-flag", split);
        debugger.GoTo(SystemCall);
        InAGuest(debugger);
        debugger.GoTo(SystemCall);
        InRing0(debugger);
        // As the guest has it: its next use of the FPU is to fault, and so would ours.
        while ((debugger.Register(RemoteDebugger.Cr0) & TaskSwitched) == 0)
            debugger.GoTo(SystemCall);
        InRing0(debugger);
        Assert.Equal(TaskSwitched, debugger.Register(RemoteDebugger.Cr0) & TaskSwitched);
        debugger.LetGo();
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("one"), "task-switched-flag");
    }

    /// <summary>
    /// A debug exception in ring 0, of the step that an application's `sysenter` takes there, with CR0.TS set, and an NMI at its first instruction:
    /// each is done with on its own stack, and leaves the other's frame and the flag as they were.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneComesWhileADebugExceptionOfRing0IsOnItsStack(bool split)
    {
        using var debugger = new RemoteDebugger("nmi-debug");
        using RunningMachine machine = Start(debugger, "sysenter", split);
        do
            debugger.GoTo(OwnStack);
        while ((debugger.Words(debugger.Register(RemoteDebugger.Rsp), 3)[2] & 3) != 0);
        ulong stack = debugger.Register(RemoteDebugger.Rsp), flags = debugger.Register(RemoteDebugger.Cr0);
        ulong[] frame = debugger.Words(stack, 6);
        Assert.Equal((Debug, 0ul), (frame[0] >> 32, flags & TaskSwitched));
        debugger.SetRegister(RemoteDebugger.Cr0, flags | TaskSwitched);
        Send(debugger);
        Assert.NotEqual(stack, ExpectOne(debugger, OwnStack, 0));
        debugger.GoTo(OwnStack);
        Assert.Equal(stack, debugger.Register(RemoteDebugger.Rsp));
        debugger.GoTo(Leaving);
        Assert.Equal((stack, flags | TaskSwitched), (debugger.Register(RemoteDebugger.Rsp), debugger.Register(RemoteDebugger.Cr0)));
        Assert.Equal(frame[1..], debugger.Words(stack, 6)[1..]);
        debugger.SetRegister(RemoteDebugger.Cr0, flags);
        debugger.LetGo();
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("one"), "sysenter");
    }

    private RunningMachine Start(RemoteDebugger debugger, string story, bool split)
    {
        _places = [.. (split ? _split : _usual).Select(ImageSymbols.AddressOf)];
        return new RunningMachine($"{nameof(NonMaskableTests)}-{story}-{split}", new MachineSettings
        {
            Cpu = "max,vendor=GenuineIntel,-smap",
            Memory = "256M",
            Options = split ? "xpti=on" : "xpti=off",
            Devices = debugger.Devices,
            Modules = [MicroGuests.Domain("one", story)],
        }, Patience.Hypervisor);
    }

    /// <summary>
    /// One comes behind a guest's system call, another while the first is on its stack, which is to be empty when the other comes: at the first
    /// instruction of the common way, before C# and whatever way back it chooses.
    /// </summary>
    private void InAGuest(RemoteDebugger debugger)
    {
        ulong behind = debugger.Register(RemoteDebugger.Rcx);
        debugger.GoTo(behind);
        Assert.Equal(3ul, debugger.Register(RemoteDebugger.Cs) & 3);
        Send(debugger);
        ulong stack = ExpectOne(debugger, behind, 3);
        Send(debugger);
        debugger.GoTo(OwnStack);
        Assert.Equal(stack, ExpectOneHere(debugger, FromGuest, 0));
    }

    /// <summary>
    /// One comes at the first instruction behind `syscall`, on the guest's stack; another while the first is on its own. Each is done with there, in
    /// a few instructions, and the other comes at the same place.
    /// </summary>
    private void InRing0(RemoteDebugger debugger)
    {
        Send(debugger);
        ulong stack = ExpectOne(debugger, SystemCall, 0);
        Send(debugger);
        debugger.GoTo(Leaving);
        Assert.Equal((stack, SystemCall), (debugger.Register(RemoteDebugger.Rsp), debugger.Words(stack, 2)[1]));
        debugger.GoTo(OwnStack);
        Assert.Equal(stack, ExpectOneHere(debugger, SystemCall, 0));
        debugger.GoTo(SystemCall);
    }

    private static void Send(RemoteDebugger debugger) => debugger.WriteToBus(MessageAddress, NonMaskable);

    private ulong ExpectOne(RemoteDebugger debugger, ulong place, ulong ring)
    {
        debugger.GoToFromHere(OwnStack);
        return ExpectOneHere(debugger, place, ring);
    }

    /// <summary>An NMI is on its stack, and came at a place and in a ring. Returns the stack pointer.</summary>
    private ulong ExpectOneHere(RemoteDebugger debugger, ulong place, ulong ring)
    {
        Assert.Equal(OwnStack, debugger.Register(RemoteDebugger.Rip));
        ulong stack = debugger.Register(RemoteDebugger.Rsp);
        ulong[] frame = debugger.Words(stack, 3);
        Assert.Equal((Nmi, place, ring), (frame[0] >> 32, frame[1], frame[2] & 3));
        return stack;
    }
}
