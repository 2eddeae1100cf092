using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>
/// A virtual CPU whose domain has died while it waited for the lock: each of its calls is one that was on its way. None may be made.
/// </summary>
internal sealed class LateCaller
{
    private uint count;

    /// <summary>Makes the next of the calls that would leave something behind.</summary>
    public void Call(TinyGuest guest, ushort peer)
    {
        switch (count++ % 7)
        {
            case 0: Ask(guest, EventChannelCommand.AllocUnbound, new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = peer }); break;
            case 1: Ask(guest, EventChannelCommand.BindInterdomain,
                new EventBindInterdomain { RemoteDomain = peer, RemotePort = 1 + count / 7 % 60 }); break;
            case 2: Ask(guest, EventChannelCommand.InitControl, new EventInitControl { ControlFrame = guest.Frames[20].Value, Vcpu = 1 }); break;
            case 3: Ask(guest, EventChannelCommand.ExpandArray, new EventExpandArray { ArrayFrame = guest.Frames[21].Value }); break;
            case 4: Ask(guest, EventChannelCommand.BindVirq, new EventBindVirq { Virq = Virq.Timer, Vcpu = 1 }); break;
            case 5: Ask(guest, EventChannelCommand.BindIpi, new EventBindIpi { Vcpu = 1 }); break;
            default: Ask(guest, EventChannelCommand.Send, new EventSend { Port = 1 + count / 7 % 60 }); break;
        }
    }

    private static void Ask<T>(TinyGuest guest, EventChannelCommand command, T record)
        where T : unmanaged
    {
        ref VirtualCpu vcpu = ref guest.Domain.Vcpu(1);
        ref Registers registers = ref vcpu.Registers;
        ulong behind = registers.Rip, place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.TryStore(place, record);
        (registers.Rax, registers.Rdi, registers.Rsi, registers.Vector) = ((ulong)Hypercall.EventChannelOp, (ulong)command, place, 0x100);
        SystemCall.Perform(ref vcpu);
        Assert.NotEqual(behind, registers.Rip);
        registers.Rip = behind;
    }
}
