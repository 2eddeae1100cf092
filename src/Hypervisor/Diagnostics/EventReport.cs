using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The open event channels of all domains on the console.</summary>
public static class EventReport
{
    /// <summary>Writes them.</summary>
    public static void WriteAll()
    {
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            Log.Always().Text("domain "u8).Name(domain.Value).End();
            for (uint port = 1; domain.Value.Events.HasPage(port); port++)
            {
                if (domain.Value.Events.At(port).State != EventChannelState.Closed)
                    Write(ref domain.Value, port);
            }
        }
    }

    private static void Write(ref Domain domain, uint port)
    {
        ref EventPort end = ref domain.Events.At(port);
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        Log line = Log.Always().Text("  port "u8).Number(port).Text(" vCPU "u8).Number(end.Vcpu).Text(": "u8);
        WriteEnd(line, end);
        line.Text(", pending "u8).Number(shared.EventPending[(int)(port / 64)] >> (int)(port % 64) & 1)
            .Text(" masked "u8).Number(shared.EventMask[(int)(port / 64)] >> (int)(port % 64) & 1).End();
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
}
