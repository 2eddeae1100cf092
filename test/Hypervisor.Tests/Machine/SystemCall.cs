using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Traps;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>A system call of a guest's kernel, as Entry.S makes it of the frame that it has saved.</summary>
internal static class SystemCall
{
    private delegate long Door(ref VirtualCpu vcpu, uint number);

    private static readonly Door enter = Entry.GuestHypercall, enterAlone = Entry.GuestHypercallAlone;

    internal static void Perform(ref VirtualCpu vcpu)
    {
        if (!TryPerformAlone(ref vcpu, out long result))
            result = enter(ref vcpu, (uint)vcpu.Registers.Rax);
        if (result == CallResult.Again)
            Hypercalls.Repeat(ref vcpu);
        else
            vcpu.Registers.Rax = (ulong)result;
        if (vcpu.Processor.Value.Awaits != 0)
            WayIn.GiveWay(ref vcpu);
    }

    /// <summary>One that is done without the lock, which the test has again at its end; false for any other.</summary>
    internal static bool TryPerformAlone(ref VirtualCpu vcpu, out long result)
    {
        result = CallResult.Again;
        uint number = (uint)vcpu.Registers.Rax;
        if ((Hypercalls.AloneCalls >> (int)(number % 32) & 1) == 0)
            return false;
        HypervisorLock.Release();
        result = enterAlone(ref vcpu, number);
        HypervisorLock.Acquire();
        return result != CallResult.Again;
    }
}
