using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Events;

/// <summary>From an interrupt of a device to the event of the port that is bound to it.</summary>
public static class DeviceEvents
{
    /// <summary>
    /// Binds a port to a physical IRQ. Errors: Inval, Perm where it is not mapped, Exist, Busy for the hypervisor's line, NoSpc, NoMem.
    /// </summary>
    public static Errno Bind(ref Domain domain, uint irq, out uint port)
    {
        port = 0;
        Errno error = PhysicalInterrupts.Prepare(domain, irq, ProcessorOf(domain, 0));
        if (error == Errno.None)
            error = PortAllocation.Open(ref domain, new EventPort { State = EventChannelState.Pirq, Remote = irq }, out port);
        if (error == Errno.None)
            PhysicalInterrupts.Bind(ref domain, irq, port);
        return error;
    }

    private static uint ProcessorOf(in Domain domain, uint vcpu) => domain.Vcpu(vcpu).Processor.Value.Number;

    /// <summary>An interrupt has come to a processor.</summary>
    public static void Take(uint vector, ref ProcessorState processor)
    {
        if (!InterruptSources.TryTake(processor.Number, vector, out uint number))
            return;
        ref readonly InterruptSource source = ref InterruptSources.At(number);
        ref Domain domain = ref source.Domain.Value;
        ulong begun = Account.Begin(ref processor);
        // Before the event, after which the guest looks at whether it is awaited, and at its device.
        InterruptSources.Note(number, EventChannels.IsPending(ref domain, source.Port));
        InterruptSources.Follow(number, ProcessorOf(domain, domain.Events.At(source.Port).Vcpu));
        EventChannels.Raise(ref domain, source.Port);
        Account.End(ref processor, begun, ref domain);
    }

    /// <summary>The guest has served a device. One that it need not have told is as good. Errors: Inval for a number of nothing.</summary>
    public static Errno End(ref Domain domain, uint irq)
    {
        Errno error = PhysicalInterrupts.Find(domain, irq, out uint port, out uint source);
        if (error != Errno.None)
            return error;
        if (domain.Interrupts.EoiUnmasks && port != 0)
            EventChannels.Unmask(ref domain, port);
        if (source != 0 && InterruptSources.End(source, ProcessorOf(domain, domain.Events.At(port).Vcpu)))
            EventChannels.Raise(ref domain, port);
        return Errno.None;
    }
}
