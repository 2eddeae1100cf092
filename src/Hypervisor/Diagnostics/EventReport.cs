using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The open event channels of all domains on the console.</summary>
public static class EventReport
{
    private const uint LongestList = 64;

    /// <summary>Writes those of a domain.</summary>
    public static void WriteDomain(ref Domain domain)
    {
        Log.Always().Text("domain "u8).Name(domain).Text(": "u8).Number(domain.Events.OpenCount)
            .Text(domain.Events.IsFifo ? " open, FIFO form"u8 : " open, two-level form"u8).End();
        uint written = 0;
        for (uint port = 1; port < domain.Events.PortLimit && written < LongestList; port++)
        {
            if (!domain.Events.HasPage(port))
                port |= EventTable.PortsPerPage - 1;
            else if (EventChannels.IsOpen(ref domain, port))
            {
                Write(ref domain, port);
                written++;
            }
        }
        if (written < domain.Events.OpenCount)
            Log.Always().Text("  and "u8).Number(domain.Events.OpenCount - written).Text(" more"u8).End();
    }

    private static void Write(ref Domain domain, uint port)
    {
        ref EventPort end = ref domain.Events.At(port);
        Log line = Log.Always().Text("  port "u8).Number(port).Text(" vCPU "u8).Number(end.Vcpu).Text(": "u8);
        WriteEnd(line, end);
        bool masked = domain.Events.IsFifo ? FifoEvents.IsMasked(ref domain, port) : TwoLevelEvents.IsMasked(ref domain, port);
        if (domain.Events.IsFifo)
            line.Text(", priority "u8).Number(end.Priority);
        line.Text(", pending "u8).Number(EventChannels.IsPending(ref domain, port) ? 1u : 0).Text(" masked "u8).Number(masked ? 1u : 0).End();
    }

    private static void WriteEnd(Log line, in EventPort end)
    {
        switch (end.State)
        {
            case EventChannelState.Virq:
                line.Text("VIRQ "u8).Number(end.Remote);
                break;
            case EventChannelState.Pirq:
                line.Text("PIRQ "u8).Number(end.Remote);
                if (PhysicalInterrupts.TryTell(end.Remote, out uint number))
                    WriteSource(line, number, InterruptSources.At(number));
                break;
            case EventChannelState.Ipi:
                line.Text("IPI"u8);
                break;
            case EventChannelState.Unbound when !end.IsHypervisor:
                line.Text("kept for domain "u8).Number(end.RemoteDomain);
                break;
            case EventChannelState.Interdomain when !end.IsHypervisor:
                line.Text("bound to domain "u8).Number(end.RemoteDomain).Text(" port "u8).Number(end.Remote);
                break;
            default:
                line.Text("the hypervisor's console"u8);
                break;
        }
    }

    private static void WriteSource(Log text, uint number, in InterruptSource source)
    {
        if (source.Is(SourceState.Taken))
            text.Text(", message "u8).Number(source.Entry).Text(" of "u8).Hex(PciFunctions.At(source.Function).Address.Value);
        else
            text.Text(", line "u8).Number(number).Text(source.Is(SourceState.Level) ? " level"u8 : " edge"u8);
        text.Text(" at processor "u8).Number(source.Processor).Text(source.Is(SourceState.Awaited) ? " waits for its end, "u8 : " is open, "u8)
            .Number(source.Count).Text(" interrupts"u8);
    }
}
