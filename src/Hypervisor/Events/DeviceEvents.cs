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
        Errno error = PhysicalInterrupts.MayBind(domain, irq);
        if (error == Errno.None)
            error = PortAllocation.Open(ref domain, new EventPort { State = EventChannelState.Pirq, Remote = irq }, out port);
        if (error == Errno.None)
            PhysicalInterrupts.Bind(ref domain, irq, port);
        return error;
    }

    /// <summary>An interrupt has come.</summary>
    public static void Take(uint vector)
    {
        if (!InterruptLines.TryTake(vector, out uint number))
            return;
        ref readonly InterruptLine line = ref InterruptLines.At(number);
        ref Domain domain = ref line.Domain.Value;
        ref ProcessorState processor = ref Processors.All[CurrentProcessor.Number].Value;
        ulong begun = Account.Begin(ref processor);
        // Before the event, after which the guest looks at whether it is awaited.
        if (line.Is(LineState.Level) || EventChannels.IsPending(ref domain, line.Port))
            InterruptLines.Await(number);
        EventChannels.Raise(ref domain, line.Port);
        Account.End(ref processor, begun, ref domain);
    }

    /// <summary>The guest has served a device. One that it need not have told is as good. Errors: Inval for a number of nothing.</summary>
    public static Errno End(ref Domain domain, uint irq)
    {
        Errno error = PhysicalInterrupts.Find(domain, irq, out uint port, out uint line);
        if (error != Errno.None)
            return error;
        if (domain.Interrupts.EndUnmasks && port != 0)
            EventChannels.Unmask(ref domain, port);
        if (line != 0 && InterruptLines.End(line))
            EventChannels.Raise(ref domain, port);
        return Errno.None;
    }
}
