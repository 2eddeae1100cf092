using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Traps;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>A system call of a guest's kernel, as Entry.S makes it of the frame that it has saved.</summary>
internal static class SystemCall
{
    private delegate long Door(ref VirtualCpu vcpu, uint number);

    private static readonly Door enter = Entry.GuestHypercall;

    internal static void Perform(ref VirtualCpu vcpu)
    {
        long result = enter(ref vcpu, (uint)vcpu.Registers.Rax);
        if (result == CallResult.Again)
            Hypercalls.Repeat(ref vcpu);
        else
            vcpu.Registers.Rax = (ulong)result;
    }
}
