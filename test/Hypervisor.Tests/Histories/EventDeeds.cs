using System;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>What the deeds with events, sleep and other virtual CPUs do.</content>
internal sealed partial class MemoryWorld
{
    private void Ask<T>(string what, Hypercall number, uint command, T record)
        where T : unmanaged
    {
        Call(what, number, command, Place(Bytes(record)));
    }

    /// <summary>A record in whole words, as it is passed.</summary>
    private static ulong[] Bytes<T>(T record)
        where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[64];
        MemoryMarshal.Write(bytes, record);
        return MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
    }

    private void AskEvents<T>(EventChannelCommand command, T record)
        where T : unmanaged => Ask($"{command}", Hypercall.EventChannelOp, (uint)command, record);

    private static uint PortNumber(uint number) => (number % 16) switch
    {
        0 => number >> 4,
        1 => 4095 + (number >> 4) % 3,
        2 => EventTable.FifoPorts - 1 + (number >> 4) % 3,
        _ => number / 16 % 10,
    };

    private void Port(uint a, uint b, uint c)
    {
        switch (c % 12)
        {
            case 0: AskEvents(EventChannelCommand.BindIpi, new EventBindIpi { Vcpu = a % 4 }); break;
            case 1: AskEvents(EventChannelCommand.BindVirq, new EventBindVirq { Virq = (Virq)(a % 25), Vcpu = b % 4 }); break;
            case 2: AskEvents(EventChannelCommand.Close, new EventClose { Port = PortNumber(a) }); break;
            case 3: AskEvents(EventChannelCommand.BindVcpu, new EventBindVcpu { Port = PortNumber(a), Vcpu = b % 4 }); break;
            case 4 or 5: AskEvents(EventChannelCommand.Unmask, new EventUnmask { Port = PortNumber(a) }); break;
            case 6 when b % 16 == 0: AskEvents(EventChannelCommand.Reset, new EventReset { Domain = Picks.Domain(guests, a) }); break;
            case 7: AskEvents(EventChannelCommand.Status, new EventStatus { Domain = Picks.Domain(guests, a), Port = PortNumber(b) }); break;
            default: AskEvents(EventChannelCommand.Send, new EventSend { Port = PortNumber(a) }); break;
        }
    }

    private void PortOfOthers(uint a, uint b, uint c)
    {
        ushort other = Picks.Domain(guests, a);
        if (c % 2 == 0)
            AskEvents(EventChannelCommand.AllocUnbound, new EventAllocUnbound { Domain = Picks.Domain(guests, b | 1), RemoteDomain = other });
        else
            AskEvents(EventChannelCommand.BindInterdomain, new EventBindInterdomain { RemoteDomain = other, RemotePort = Offered(other, b) });
    }

    /// <summary>A port that another domain keeps for this one, where there is one.</summary>
    private uint Offered(ushort other, uint number)
    {
        if (other == DomainIds.Self || number % 8 == 0 || !DomainTable.TryFind(other, out Link<Domain> domain))
            return PortNumber(number);
        for (uint port = 1; port < 64; port++)
        {
            EventPort end = domain.Value.Events.At(port);
            if (end.State == EventChannelState.Unbound && end.RemoteDomain == guest.Id && !end.IsHypervisor)
                return port;
        }

        return PortNumber(number);
    }

    private void Fifo(uint a, uint b, uint c)
    {
        switch (c % 3)
        {
            case 0:
                uint offset = b % 4 == 0 ? b >> 2 : b % 64 * 8;
                AskEvents(EventChannelCommand.InitControl, new EventInitControl { ControlFrame = Frame(a).Value, Offset = offset, Vcpu = c / 3 % 4 });
                break;
            case 1: AskEvents(EventChannelCommand.ExpandArray, new EventExpandArray { ArrayFrame = Frame(a).Value }); break;
            default: AskEvents(EventChannelCommand.SetPriority, new EventSetPriority { Port = PortNumber(a), Priority = b % 17 }); break;
        }
    }

    private void Sleep(uint a, uint b)
    {
        ulong soon = TimeSource.Now + a % 100_000_000;
        Call("timer", Hypercall.SetTimerOp, soon);
        if (b % 3 == 0)
            Call("block", Hypercall.SchedOp, (ulong)SchedCommand.Block);
        else if (b % 3 == 1)
            Call("yield", Hypercall.SchedOp, (ulong)SchedCommand.Yield);
        else
            Poll(a, b, soon);
    }

    private void Poll(uint a, uint b, ulong soon)
    {
        ulong place = Place([0, b / 3 % 3, b % 2 == 0 ? soon : 0, (ulong)PortNumber(a) | (ulong)PortNumber(b) << 32]);
        if (TinyGuest.TryStore(place, place + 24))
            Call("poll", Hypercall.SchedOp, (ulong)SchedCommand.Poll, place);
    }

    private void OtherVcpu(uint a, uint b)
    {
        uint number = a % (guest.Domain.VcpuCount + 1);
        // The last one that is up takes its domain down with it: those ends are the business of the deed that crashes.
        bool others = false;
        for (uint one = 0; one < guest.Domain.VcpuCount; one++)
            others |= one != number && (guest.Domain.Vcpu(one).PauseReasons & PauseReasons.Down) == 0;
        VcpuCommand command = (b % 4) switch { 0 when others => VcpuCommand.Down, 1 or 2 => VcpuCommand.Up, _ => VcpuCommand.IsUp };
        Call($"{command}", Hypercall.VcpuOp, (ulong)command, number);
    }
}
